package io.jvs.balancing;

import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.model.WeightCorrection;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one service as the control side sees them: those listed, newest first, and the
 * kernel's trash: removed ones that connections or templates refer to, or did two minutes ago. Not
 * for use by several threads.
 */
final class ServerList {
  /** IP_VS_DEST_TRASH_PERIOD: how long an unused server is remembered. */
  private static final long TRASH_NANOS = 120_000_000_000L;

  /** Into how many parts a weight is divided while there are parts. */
  private static final int FINE_UNITS = 100;

  private final LoadBalancer balancer;
  private final KernelCompatibility compatibility;
  private final Ticker ticker;
  private List<ServerState> servers = List.of();
  private final Map<InetSocketAddress, ServerState> listed = new HashMap<>();
  private final Map<InetSocketAddress, Trashed> trash = new LinkedHashMap<>();
  private @Nullable ServerState fallback;
  private @Nullable LimitCorrection correction;
  private final List<ListUpdate.Step> steps = new ArrayList<>();
  private final List<LoadBalancerEvent> events = new ArrayList<>();
  private VirtualService desired; // what the next generation will say
  private boolean sharesWeights = true; // whether the policy only cares for proportions
  private boolean hasTables; // whether the policy keeps tables of who gets whom
  private int units = 1; // what one configured weight is to policies

  ServerList(
      LoadBalancer balancer,
      VirtualService desired,
      KernelCompatibility compatibility,
      Ticker ticker) {
    this.balancer = balancer;
    this.desired = desired;
    this.compatibility = compatibility;
    this.ticker = ticker;
  }

  /** What has happened since the last publication. */
  record Changes(List<ListUpdate.Step> steps, List<LoadBalancerEvent> events) {
    boolean isEmpty() {
      return steps.isEmpty() && events.isEmpty();
    }
  }

  KernelCompatibility compatibility() {
    return compatibility;
  }

  /** What the next generation will say. */
  VirtualService desired() {
    return desired;
  }

  /** Newest first. */
  List<ServerState> servers() {
    return servers;
  }

  @Nullable ServerState fallback() {
    return fallback;
  }

  /** A listed server or the fallback, or null. */
  @Nullable ServerState find(InetSocketAddress address) {
    ServerState server = listed.get(address);
    boolean isFallback =
        server == null && fallback != null && fallback.definition().address().equals(address);
    return isFallback ? fallback : server;
  }

  /** As {@link #find}, or one that has left and is remembered. */
  @Nullable ServerState findAlsoRemoved(InetSocketAddress address) {
    ServerState server = find(address);
    Trashed gone = server == null ? trash.get(address) : null;
    return gone == null ? server : gone.server;
  }

  /** The trash: some of them still have connections. */
  List<ServerState> removed() {
    return trash.values().stream().map(gone -> gone.server).toList();
  }

  /** All since the last {@link #published}, so that what could not be published is not lost. */
  Changes changes() {
    return new Changes(List.copyOf(steps), List.copyOf(events));
  }

  void published() {
    steps.clear();
    events.clear();
  }

  /**
   * Makes the list as the definition says: removes and edits from the head on, then adds in its
   * order.
   *
   * @param policy the definition's
   */
  void change(VirtualService definition, Scheduler policy) {
    boolean otherEffects = !definition.failover().equals(desired.failover());
    desired = definition;
    sharesWeights = policy.goesByProportion();
    hasTables = policy.hearsOfExclusion();
    emptyTrash();
    dismissFallback(desired.fallback()); // before the list: it may become a real server
    Pairing pairing = new Pairing(servers, listed, RendezvousSubset.of(desired));
    List<ServerState> kept = new ArrayList<>(servers.size());
    for (int i = 0; i < servers.size(); i++) {
      ServerState server = servers.get(i);
      RealServer wish = pairing.wish(i);
      if (wish == null) {
        remove(desired.name(), server, kept.size());
      } else {
        kept.add(server);
        changeTo(desired.name(), server, wish, kept.size() - 1);
      }
    }
    List<ServerState> newestFirst = new ArrayList<>(kept.size() + pairing.added().size());
    for (RealServer each : pairing.added()) {
      newestFirst.add(add(desired.name(), each));
    }
    Collections.reverse(newestFirst);
    newestFirst.addAll(kept);
    servers = List.copyOf(newestFirst);
    appointFallback(desired.fallback());
    correctAll(desired.weightCorrection());
    for (int i = 0; otherEffects && i < servers.size(); i++) {
      settle(servers.get(i), i, balancer.control().isPanic(), null);
    }
    rescale();
  }

  /**
   * Works out anew what a server's definition and standing come to, and notes what that changes.
   *
   * @param panic whether verdicts are not believed
   * @param cause for the server's history, or null if nobody needs to know
   */
  void settle(ServerState server, boolean panic, @Nullable String cause) {
    if (server == fallback) { // no policy knows it
      settleQuietly(server);
      return;
    }
    if (listed.get(server.definition().address()) == server) {
      settle(server, position(server), panic, cause);
      rescale();
    }
  }

  private void settle(ServerState server, int index, boolean panic, @Nullable String cause) {
    double before = server.effective();
    int weight = server.weight();
    boolean excluded = server.isExcluded();
    boolean onTrial;
    do {
      onTrial = server.onTrial.get();
      server.settle(server.effect(desired.failover().whenDown(), panic), units);
    } while (onTrial != server.onTrial.get()); // claimed meanwhile
    boolean moved = server.isExcluded() != excluded;
    if (server.weight() != weight || (moved && hasTables)) {
      steps.add(new ListUpdate.Edited(index, server.weight()));
    }
    if (moved) {
      balancer.generation().markChanged(server);
    }
    if (cause != null) {
      server.remember(ticker.now(), cause, consequence(server, before, excluded));
    }
  }

  private static String consequence(ServerState server, double before, boolean wasExcluded) {
    if (server.isExcluded() != wasExcluded) {
      return server.isExcluded()
          ? "gets nothing new, " + server.connections() + " connections live on"
          : "is used with weight " + Explanation.text(server.effective());
    }
    return server.effective() == before
        ? "weight stays " + Explanation.text(before)
        : "weight " + Explanation.text(before) + " -> " + Explanation.text(server.effective());
  }

  /** Where the server stands; where it stood last is mostly right. */
  private int position(ServerState server) {
    int index = server.index();
    return index >= 0 && index < servers.size() && servers.get(index) == server
        ? index
        : servers.indexOf(server);
  }

  /**
   * Policies count weights in whole numbers. While some server has a part of a weight, all weights
   * are told in finer units, if only proportions matter to the policy.
   */
  private void rescale() {
    int next = 1;
    if (sharesWeights) {
      double most = 1;
      boolean whole = true;
      for (ServerState server : servers) {
        double weight = server.effective();
        whole &= weight == Math.rint(weight);
        most = Math.max(most, weight);
      }
      next = whole ? 1 : (int) Math.max(1, Math.min(FINE_UNITS, RealServer.MAX_WEIGHT / most));
    }
    if (next == units) {
      return;
    }
    for (int i = 0; i < servers.size(); i++) {
      ServerState server = servers.get(i);
      server.rescale(units, next);
      steps.add(new ListUpdate.Edited(i, server.weight()));
    }
    units = next;
  }

  private void correctAll(@Nullable WeightCorrection rule) {
    if (rule == null && correction == null) {
      return;
    }
    correction = rule == null ? null : new LimitCorrection(rule);
    for (int i = 0; i < servers.size(); i++) {
      correct(servers.get(i), i);
    }
  }

  /** Takes a server's weight to where its connections are, if it is still listed. */
  void correct(ServerState server) {
    if (listed.get(server.definition().address()) == server) {
      correct(server, position(server));
      rescale();
    }
  }

  private void correct(ServerState server, int index) {
    Standing before = server.standing();
    server.correct(correction, ticker.now());
    if (server.standing() != before) {
      settle(server, index, balancer.control().isPanic(), null);
    }
  }

  private void changeTo(String service, ServerState server, RealServer wish, int index) {
    RealServer definition = server.definition();
    if (!wish.equals(definition)) {
      edit(service, server, wish);
      settleQuietly(server);
      if (!wish.withMetadata(definition.metadata()).equals(definition)) {
        // The kernel knows no metadata; everything else it calls an edit.
        steps.add(new ListUpdate.Edited(index, server.weight()));
      }
    }
  }

  private void remove(String service, ServerState server, int index) {
    listed.remove(server.definition().address());
    discard(server);
    steps.add(new ListUpdate.Removed(index));
    events.add(
        new LoadBalancerEvent.ServerRemoved(service, server.definition(), server.connections()));
  }

  /** Edits one server, if it is still listed. */
  void edit(RealServer wish) {
    List<RealServer> definitions = new ArrayList<>(desired.realServers());
    definitions.replaceAll(each -> each.address().equals(wish.address()) ? wish : each);
    desired = desired.toBuilder().realServers(definitions).build();
    String service = desired.name();
    ServerState server = listed.get(wish.address());
    if (server != null) {
      edit(service, server, wish);
      settleQuietly(server);
      int index = position(server);
      steps.add(new ListUpdate.Edited(index, server.weight()));
      correct(server, index);
      rescale();
    }
  }

  /** For a server whose step is noted by the caller. */
  private void settleQuietly(ServerState server) {
    boolean panic = balancer.control().isPanic();
    server.settle(server.effect(desired.failover().whenDown(), panic), units);
  }

  private void edit(String service, ServerState server, RealServer wish) {
    RealServer before = server.definition();
    server.redefine(wish);
    if (!before.equals(wish)) {
      events.add(new LoadBalancerEvent.ServerChanged(service, before, wish));
    }
  }

  private ServerState add(String service, RealServer definition) {
    ServerState server = revive(definition);
    listed.put(definition.address(), server);
    HealthDeclaration health = definition.health() == null ? desired.health() : definition.health();
    if (health != null && health.startsDown()) {
      server.stand(server.standing().with(Judge.CHECKS, Down.unchecked(ticker.now())));
    }
    settleQuietly(server);
    steps.add(new ListUpdate.Added(server.weight()));
    events.add(new LoadBalancerEvent.ServerAdded(service, definition));
    return server;
  }

  private void discard(ServerState server) {
    server.setRemoved(true);
    trash.put(server.definition().address(), new Trashed(server));
  }

  /**
   * The state of that address from the trash, or a new one. Counts and templates come back with it;
   * a verdict does not, because nobody has checked the server since.
   */
  private ServerState revive(RealServer definition) {
    Trashed known = trash.remove(definition.address());
    if (known == null) {
      return new ServerState(definition, compatibility, balancer, ticker.now());
    }
    known.server.comeBack(definition);
    return known.server;
  }

  private void dismissFallback(@Nullable RealServer wish) {
    ServerState present = fallback;
    if (present != null && !present.definition().address().equals(address(wish))) {
      discard(present);
      fallback = null;
    }
  }

  private void appointFallback(@Nullable RealServer wish) {
    if (wish != null && fallback == null) {
      fallback = revive(wish);
      settleQuietly(fallback);
    } else if (wish != null && fallback != null) {
      fallback.redefine(wish);
      settleQuietly(fallback);
    }
  }

  private static @Nullable InetSocketAddress address(@Nullable RealServer server) {
    return server == null ? null : server.address();
  }

  private void emptyTrash() {
    long now = ticker.nanoTime();
    trash.values().removeIf(gone -> gone.isForgotten(now));
  }

  /** A removed server. Connections and templates refer to it, as in the kernel. */
  private static final class Trashed {
    private final ServerState server;
    private @Nullable Long unusedSince; // when that was first seen

    Trashed(ServerState server) {
      this.server = server;
    }

    boolean isForgotten(long now) {
      if (server.connections() > 0 || server.templates() > 0) {
        unusedSince = null;
      } else if (unusedSince == null) {
        unusedSince = now;
      }
      return unusedSince != null && now - unusedSince >= TRASH_NANOS;
    }
  }
}
