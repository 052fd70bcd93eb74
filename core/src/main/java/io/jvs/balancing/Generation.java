package io.jvs.balancing;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.ResponseAware;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.ServerView;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that admitting a flow needs, published as one: list, weights and selector belong together.
 * Immutable but for what the server states, templates and selector count by themselves.
 */
final class Generation implements ServerView {
  private final VirtualService service;
  private final ServerState[] servers;
  private final List<ServerState> removed; // not listed any more; some still have connections
  private final ConnectionCounts[] counts; // of the servers, one step nearer
  private final int[] weights;
  private final KernelCompatibility compatibility;
  private final @Nullable ServerState fallback;
  private final @Nullable TemplateTable<ServerState> templates;
  private final EligibleServers eligible;
  private final Selector selector;
  private final @Nullable LoadAware loadAware; // the selector, if it is one
  private final @Nullable ResponseAware responseAware;

  Generation(
      VirtualService service,
      ServerList list,
      @Nullable TemplateTable<ServerState> templates,
      Selector selector) {
    this.service = service;
    this.servers = list.servers().toArray(new ServerState[0]);
    this.removed = list.removed();
    this.weights = new int[this.servers.length];
    this.counts = new ConnectionCounts[this.servers.length];
    for (int i = 0; i < weights.length; i++) {
      counts[i] = this.servers[i].counts();
      weights[i] = this.servers[i].weight();
    }
    this.compatibility = list.compatibility();
    this.fallback = list.fallback();
    this.templates = templates;
    this.selector = selector;
    this.loadAware = null;
    this.responseAware = null;
    this.eligible = new EligibleServers(weights.length, this::isEligible);
  }

  private Generation(Generation other, Selector selector) {
    this.service = other.service;
    this.servers = other.servers;
    this.removed = other.removed;
    this.weights = other.weights;
    this.counts = other.counts;
    this.compatibility = other.compatibility;
    this.fallback = other.fallback;
    this.templates = other.templates;
    this.eligible = other.eligible;
    this.selector = selector;
    this.loadAware = selector instanceof LoadAware aware ? aware : null;
    this.responseAware = selector instanceof ResponseAware aware ? aware : null;
  }

  /** The same with another selector: it is prepared for the list it will be published with. */
  Generation with(Selector newSelector) {
    return new Generation(this, newSelector);
  }

  VirtualService service() {
    return service;
  }

  Selector selector() {
    return selector;
  }

  List<ServerState> removed() {
    return removed;
  }

  @Nullable ServerState fallback() {
    return fallback;
  }

  @Nullable TemplateTable<ServerState> templates() {
    return templates;
  }

  ServerState state(int index) {
    return servers[index];
  }

  /**
   * Control side, after this has become the published generation: from now on changes of servers
   * find their way here. What has changed since this was made, and could not, is caught up with.
   */
  void adopt() {
    for (int i = 0; i < servers.length; i++) {
      servers[i].setIndex(i);
    }
    VarHandle.fullFence(); // who still finds the old index has changed what is read from here on
    for (int i = 0; i < servers.length; i++) {
      update(i);
    }
  }

  /** Whether the policy must hear of each connection that comes or goes. */
  boolean isLoadAware() {
    return loadAware != null;
  }

  /** Null if the policy does not want to hear how connections ended. */
  @Nullable ResponseAware responseAware() {
    return responseAware;
  }

  /** How many servers a policy may choose from. */
  int eligibleServers() {
    return eligible.count();
  }

  /** Where the server stands in this list, or -1. */
  int indexOf(ServerState server) {
    int index = server.index();
    return index >= 0 && index < servers.length && servers[index] == server ? index : -1;
  }

  /** The listed server of that address, or null. */
  @Nullable ServerState find(InetSocketAddress address) {
    for (ServerState server : servers) {
      if (server.definition().address().equals(address)) {
        return server;
      }
    }
    return null;
  }

  /** Any thread: one connection more. */
  void bind(ServerState server, boolean active) {
    counted(server, server.bind(active));
  }

  /** Any thread: one connection less. */
  void release(ServerState server, boolean active) {
    counted(server, server.release(active));
  }

  private void counted(ServerState server, boolean marked) {
    if (marked) {
      markChanged(server);
    } else {
      loadChanged(server);
    }
    if (server.isCorrectionDue()) {
      server.slot().correct();
    }
  }

  /** The server's marks, and perhaps its counts, are other than they were. */
  void markChanged(ServerState server) {
    int index = indexOf(server);
    if (index >= 0) {
      update(index);
    }
  }

  /** The server's counts are other than they were; its marks are not. */
  void loadChanged(ServerState server) {
    LoadAware aware = loadAware;
    if (aware != null) {
      int index = indexOf(server);
      if (index >= 0) {
        aware.loadChanged(this, index);
      }
    }
  }

  /** A piece of work has ended. */
  void responded(ServerState server, long nanos, long end, boolean failed) {
    ResponseAware aware = responseAware;
    if (aware != null) {
      int index = indexOf(server);
      if (index >= 0) {
        aware.responded(this, index, Math.max(nanos, 0), end, failed);
      }
    }
  }

  private void update(int index) {
    boolean truth;
    do {
      truth = isEligible(index);
      eligible.set(index, truth);
    } while (truth != isEligible(index)); // changed meanwhile, by somebody who was faster
    if (loadAware != null) {
      loadAware.loadChanged(this, index);
    }
  }

  private boolean isEligible(int index) {
    ConnectionCounts marks = counts[index];
    return weights[index] > 0 && !marks.overloaded && !marks.down;
  }

  /** The policy's choice for the flow, leaving out servers that {@code failed} has tried. */
  int select(Flow flow, @Nullable Connection failed) {
    return selector.select(failed == null ? this : new UntriedServers(this, failed), flow);
  }

  @Override
  public int size() {
    return servers.length;
  }

  @Override
  public RealServer server(int index) {
    return servers[index].definition();
  }

  @Override
  public int weight(int index) {
    return weights[index];
  }

  @Override
  public int lastWeight(int index) {
    return servers[index].lastWeight();
  }

  @Override
  public int active(int index) {
    return counts[index].active();
  }

  @Override
  public int inactive(int index) {
    return counts[index].inactive();
  }

  @Override
  public int overhead(int index) {
    long both = counts[index].bits;
    return compatibility.overhead(ConnectionCounts.active(both), ConnectionCounts.inactive(both));
  }

  @Override
  public boolean overloaded(int index) {
    return counts[index].overloaded;
  }

  @Override
  public boolean excluded(int index) {
    return counts[index].down;
  }

  @Override
  public long bytesFromClients(int index) {
    return servers[index].bytesFromClients.sum();
  }

  @Override
  public boolean eligible(int index) {
    return eligible.contains(index);
  }

  @Override
  public int nextEligible(int from) {
    return eligible.next(from);
  }
}
