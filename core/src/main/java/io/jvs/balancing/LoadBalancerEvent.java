package io.jvs.balancing;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;

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
      return service
          + ": "
          + server.name()
          + " removed; its "
          + connections
          + " connections live on";
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
      return service
          + ": "
          + server.name()
          + " down ("
          + reason
          + "); "
          + usable
          + " of "
          + of
          + " servers left";
    }
  }

  /** A server that was down works again. */
  record ServerUp(String service, RealServer server, Down was, int usable, int of)
      implements LoadBalancerEvent {
    @Override
    public String toString() {
      return service
          + ": "
          + server.name()
          + " up, was "
          + was
          + "; "
          + usable
          + " of "
          + of
          + " servers usable";
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
      return service
          + ": a client was forgotten before its time, because "
          + maximum
          + " are remembered, as many as persistence allows here";
    }
  }

  /** A flow found no server; on the thread that admitted it. */
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
