package io.jvs.balancing;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import org.jspecify.annotations.Nullable;

/** Something that happened in a virtual service; as text, a sentence for the log. */
public sealed interface LoadBalancerEvent {
  /** Name of the virtual service. */
  String service();

  /** A server was added to the list, or returned to it with its connections. */
  record ServerAdded(String service, RealServer server) implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service + ": " + server + " added";
    }
  }

  /**
   * A server left the list.
   *
   * @param connections how many it still has; they live on
   */
  record ServerRemoved(String service, RealServer server, int connections)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s removed; its %s connections live on"
          .formatted(service, server.name(), connections);
    }
  }

  /** Weight, limits, forwarding or metadata of a server changed. */
  record ServerChanged(String service, RealServer before, RealServer after)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service + ": " + before + " is now " + after;
    }
  }

  /**
   * A server was found not to work; it gets nothing new.
   *
   * @param usable servers of the service that may still be chosen
   * @param of all servers of the service
   */
  record ServerDown(String service, RealServer server, String reason, int usable, int of)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s down (%s); %s of %s servers left"
          .formatted(service, server.name(), reason, usable, of);
    }
  }

  /** A server that was down works again. */
  record ServerUp(String service, RealServer server, Down was, int usable, int of)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s up, was %s; %s of %s servers usable"
          .formatted(service, server.name(), was, usable, of);
    }
  }

  /**
   * A source changed the weight of a server; steps within a slow start are not told.
   *
   * @param before the effective weight in the units of the configured one, as {@code after}
   * @param cause such as {@code agent: 50 % (agent says 50%)}
   */
  record WeightChanged(
      String service,
      RealServer server,
      WeightSource source,
      double before,
      double after,
      String cause)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s weight %s -> %s, %s"
          .formatted(
              service, server.name(), Explanation.text(before), Explanation.text(after), cause);
    }
  }

  /**
   * Somebody has given or taken back an order about a server.
   *
   * @param before what the same orderer had ordered, or null
   * @param after what is ordered now, or null
   * @param connections how many the server has; they live on
   * @param weight the effective weight from now on
   */
  record OrderChanged(
      String service,
      RealServer server,
      Orderer orderer,
      @Nullable AdminOrder before,
      @Nullable AdminOrder after,
      int connections,
      double weight)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s %s; weight %s, %s connections live on"
          .formatted(
              service,
              server.name(),
              after == null ? "no more " + before : after,
              Explanation.text(weight),
              connections);
    }
  }

  /**
   * Verdicts are not believed from now on, because too few servers would be left, or believed
   * again.
   */
  record PanicChanged(String service, boolean panic, int up, int of, int thresholdPercent)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service
          + (panic ? ": panic, " : ": panic is over, ")
          + up
          + " of "
          + of
          + " servers are up (threshold "
          + thresholdPercent
          + " %); "
          + (panic ? "all are used, whatever checks say" : "those that are down get nothing new");
    }
  }

  /**
   * The servers that are up weigh too little together, or enough again.
   *
   * @param weight the sum of the configured weights of those that are up
   */
  record QuorumChanged(
      String service, boolean lost, long weight, int quorum, @Nullable RealServer fallback)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      String consequence = "real servers are used";
      if (lost) {
        consequence =
            fallback == null
                ? "nothing is admitted, there is no fallback"
                : "the fallback " + fallback.name() + " answers";
      }
      return "%s: quorum %s, weight %s is up (quorum %s); %s"
          .formatted(service, lost ? "lost" : "regained", weight, quorum, consequence);
    }
  }

  /**
   * Open connections of a server are to be reset; its transport does it.
   *
   * @param connections how many there are
   */
  record ConnectionsReset(String service, RealServer server, int connections, String reason)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return "%s: %s connections of %s are reset (%s)"
          .formatted(service, connections, server.name(), reason);
    }
  }

  /**
   * A check passes, but somebody should look.
   *
   * @param warning what was seen, or null if it is over
   */
  record CheckWarning(String service, RealServer server, String check, @Nullable String warning)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service
          + ": "
          + server.name()
          + " "
          + check
          + ": "
          + (warning == null ? "nothing to warn of any more" : "warning: " + warning);
    }
  }

  /** Scheduler, persistence, fallback, timeouts or another part of the service changed. */
  record ServiceChanged(String service, VirtualService before, VirtualService after)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service + ": changed to " + after;
    }
  }

  /** A connection to a server failed; on the thread that met the failure. */
  record ConnectionFailed(String service, RealServer server, Failure failure, String reason)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service + ": connection to " + server.name() + " failed, " + failure + ": " + reason;
    }
  }

  /**
   * A client was forgotten before its time, or a new one not remembered, because the service
   * remembers as many as it may; on the thread that admitted the new one.
   *
   * @param maximum how many it may remember
   */
  record TemplateEvicted(String service, int maximum) implements LoadBalancerEvent {
    @Override
    public String toString() {
      return ("%s: a client was forgotten before its time, because %s are remembered, "
              + "as many as persistence allows here")
          .formatted(service, maximum);
    }
  }

  /** A flow found no server, or was not offered to any; on the thread that refused it. */
  record FlowRefused(Refused refused) implements LoadBalancerEvent {
    @Override
    public String service() {
      return refused.service();
    }

    @Override
    public String toString() {
      return refused.toString();
    }
  }
}
