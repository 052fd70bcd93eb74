package io.jvs.balancing;

import io.jvs.balancing.Refused.Cause;
import io.jvs.model.Flow;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.persistence.Template;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.Scheduler.Selector;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of each flow by the generation of the moment: a server for it, else the fallback,
 * else a refusal. Any thread; neither blocks nor locks nor allocates anything but the answer, apart
 * from what {@link Chooser#follow} needs for a client that it does not know.
 */
final class Admissions {
  private final LoadBalancer balancer;
  private final Chooser chooser;
  private final Crisis crisis;
  private final RefusalCounts refusals;
  private volatile Generation generation;
  private volatile boolean closed;

  Admissions(
      LoadBalancer balancer,
      Chooser chooser,
      Crisis crisis,
      RefusalCounts refusals,
      Generation first) {
    this.balancer = balancer;
    this.chooser = chooser;
    this.crisis = crisis;
    this.refusals = refusals;
    this.generation = first;
  }

  /** What flows are admitted by at this moment. */
  Generation generation() {
    return generation;
  }

  /** Control side: what flows are admitted by from now on. */
  void goBy(Generation next) {
    generation = next;
  }

  /** Refuses everything from now on. */
  void close() {
    closed = true;
  }

  /**
   * A server whose connections are counted.
   *
   * @param failed the connection of the same flow that has just failed, or null for a new flow
   */
  Admission admit(Flow flow, @Nullable Connection failed) {
    Generation now = generation; // read once, so that index and list belong together
    Cause obstacle = obstacle(now, failed);
    Connection opened = obstacle == null ? choose(now, flow, failed) : null;
    return opened == null ? noServer(now, flow, failed, obstacle) : opened;
  }

  /** See {@link LoadBalancer#admitTo}. */
  Admission admitTo(InetSocketAddress address, Flow flow) {
    Generation now = generation;
    ServerState server = obstacle(now, null) == null ? now.find(address) : null;
    return server == null || !Chooser.isUsable(server, null)
        ? admit(flow, null)
        : open(now, server, flow, null, null);
  }

  /** As {@link #admit}, but null if a server that would do is full. */
  @Nullable Admission admitUnlessFull(Flow flow, @Nullable Connection failed) {
    Generation now = generation;
    Cause obstacle = obstacle(now, failed);
    if (obstacle != null) {
      return noServer(now, flow, failed, obstacle);
    }
    Connection opened = choose(now, flow, failed);
    if (opened != null) {
      return opened;
    }
    if (Refusals.mayBeFull(now, failed)) {
      return null;
    }
    return noServer(now, flow, failed, null);
  }

  /** The fallback, else a refusal that is not about servers. */
  Admission fallBack(Flow flow, @Nullable Connection failed, Cause cause, Supplier<String> detail) {
    Generation now = generation;
    ServerState fallback = now.fallback();
    if (!closed && fallback != null && Chooser.isUsable(fallback, failed)) {
      return open(now, fallback, flow, null, failed);
    }
    return refusals.count(
        closed ? closed(now) : new Refused(now.service().name(), cause, List.of(), detail.get()));
  }

  /** Why no server need be asked for, or null. */
  private @Nullable Cause obstacle(Generation now, @Nullable Connection failed) {
    if (closed) {
      return Cause.CLOSED;
    }
    if (failed != null && failed.attempts() >= now.service().attempts()) {
      return Cause.ALL_TRIED;
    }
    return crisis.isWithoutQuorum() ? Cause.NO_QUORUM : null;
  }

  private @Nullable Connection choose(Generation now, Flow flow, @Nullable Connection failed) {
    TemplateTable<ServerState> templates = now.templates();
    if (templates != null) {
      Template<ServerState> template = chooser.follow(now, templates, flow, failed, true);
      return template == null ? null : open(now, template.server(), flow, template, failed);
    }
    int chosen = chooser.choose(now, flow, failed);
    return chosen == Selector.NONE ? null : open(now, now.state(chosen), flow, null, failed);
  }

  /** See {@link LoadBalancer#remember}. */
  boolean remember(Object key, Connection connection) {
    return chooser.remember(generation, key, connection.state());
  }

  /** See {@link LoadBalancer#remembers}. */
  boolean remembers(Object key) {
    return chooser.remembers(generation, key);
  }

  /** A server that is counted without an object for each piece of work, or null. */
  @Nullable Slot take(Flow flow) {
    Generation now = generation;
    ServerState server = find(now, flow);
    if (server == null) {
      return null;
    }
    now.bind(server, true);
    return server.slot();
  }

  /** A server for work that nobody counts, or null. */
  @Nullable ServerState find(Flow flow) {
    return find(generation, flow);
  }

  private @Nullable ServerState find(Generation now, Flow flow) {
    if (closed) {
      refusals.count(closed(now));
      return null;
    }
    TemplateTable<ServerState> templates = now.templates();
    boolean withoutQuorum = crisis.isWithoutQuorum();
    if (withoutQuorum) {
      templates = null;
    }
    if (templates != null) {
      Template<ServerState> template = chooser.follow(now, templates, flow, null, false);
      if (template != null) {
        return template.server();
      }
    } else if (!withoutQuorum) {
      int chosen = chooser.choose(now, flow, null);
      if (chosen != Selector.NONE) {
        return now.state(chosen);
      }
    }
    ServerState fallback = now.fallback();
    if (fallback != null && Chooser.isUsable(fallback, null)) {
      return fallback;
    }
    refusals.count(Refusals.explain(now, null, withoutQuorum ? Cause.NO_QUORUM : null));
    return null;
  }

  private Admission noServer(
      Generation now, Flow flow, @Nullable Connection failed, @Nullable Cause cause) {
    if (cause == Cause.CLOSED) {
      return refusals.count(closed(now));
    }
    ServerState fallback = now.fallback();
    if (fallback != null && Chooser.isUsable(fallback, failed)) {
      return open(now, fallback, flow, null, failed);
    }
    return refusals.count(Refusals.explain(now, failed, cause));
  }

  private static Refused closed(Generation now) {
    return new Refused(now.service().name(), Cause.CLOSED, List.of());
  }

  private Connection open(
      Generation now,
      ServerState server,
      Flow flow,
      @Nullable Template<ServerState> template,
      @Nullable Connection failed) {
    return new Connection(
        balancer,
        now,
        server,
        target(now.service(), server, flow),
        flow.protocol(),
        template,
        failed);
  }

  /** A persistent service of all ports or a mark keeps the client's port, whatever the server's. */
  private static InetSocketAddress target(VirtualService service, ServerState server, Flow flow) {
    InetSocketAddress address = server.definition().address();
    boolean keepsPort =
        address.getPort() == 0
            || (service.persistence() != null
                && (service.address() instanceof VirtualAddress.FirewallMark
                    || (service.address() instanceof VirtualAddress.Endpoint endpoint
                        && endpoint.ports().isAll())));
    if (!keepsPort || !flow.isAddressed()) {
      return address;
    }
    return address.isUnresolved()
        ? InetSocketAddress.createUnresolved(address.getHostString(), flow.destinationPort())
        : new InetSocketAddress(address.getAddress(), flow.destinationPort());
  }
}
