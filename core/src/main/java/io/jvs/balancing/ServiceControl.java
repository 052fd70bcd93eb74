package io.jvs.balancing;

import io.jvs.balancing.Explanation.Step;
import io.jvs.balancing.Standing.Since;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is said about the servers of one service while it runs: verdicts, adjustments of weights and
 * orders, and the answer to why each is used as it is.
 *
 * <p>Any thread. What is said of a server that the service does not have is ignored, because it may
 * just have left, except for orders. All becomes effective like {@link LoadBalancer#apply}.
 */
public final class ServiceControl {
  private final LoadBalancer balancer;
  private final ServerList list; // control side only
  private final ControlQueue queue;
  private final Listeners listeners;
  private final Ticker ticker;
  private final Map<InetSocketAddress, Map<Orderer, Since<AdminOrder>>> orders =
      new ConcurrentHashMap<>(); // written by the control side; over removal and return of servers
  private final Crisis crisis;
  private volatile boolean ramped;

  ServiceControl(
      LoadBalancer balancer,
      ServerList list,
      Crisis crisis,
      ControlQueue queue,
      Listeners listeners,
      Ticker ticker) {
    this.balancer = balancer;
    this.list = list;
    this.crisis = crisis;
    this.queue = queue;
    this.listeners = listeners;
    this.ticker = ticker;
  }

  /**
   * A verdict. While any judge has one against it, a server is down; what that means is declared by
   * {@link VirtualService#failover}. The same judge again, with another reason, changes the reason,
   * which is kept in the history but no event.
   *
   * @param against why it does not work, such as {@code 3 checks failed: connection refused}, or
   *     null if it does
   */
  public void judge(InetSocketAddress server, Judge judge, @Nullable String against) {
    queue.submit(
        () -> {
          ServerState state = list.find(server);
          Down before = state == null ? null : state.standing().downs().get(judge);
          if (state == null || Objects.equals(before == null ? null : before.reason(), against)) {
            return;
          }
          if (before != null && against != null) {
            state.onTrial.set(false);
            state.stand(state.standing().with(judge, new Down(before.since(), against)));
            settle(state, judge + ": still down (" + against + ")");
          } else {
            verdict(state, judge, against == null ? null : new Down(ticker.now(), against));
          }
        });
  }

  private void verdict(ServerState server, Judge judge, @Nullable Down down) {
    Down was = server.standing().down();
    server.stand(server.standing().with(judge, down));
    server.onTrial.set(false);
    Down is = server.standing().down();
    if (was == null && is == null) {
      return;
    }
    VirtualService service = list.desired();
    boolean returns = was != null && is == null;
    if (returns && ramped && service.slowStart() != null) {
      // In the same moment, so that no flow sees it with all of its weight.
      server.stand(
          server
              .standing()
              .with(
                  WeightSource.SLOW_START,
                  WeightAdjustment.factor(
                      service.slowStart().minimumPercent() / 100.0, service.slowStart().toString()),
                  ticker.now()));
    }
    String cause = judge + ": " + (down == null ? "up" : "down (" + down.reason() + ")");
    settle(server, cause);
    crisis.look();
    if (is != null && was == null) {
      forgetTemplates(server);
      boolean plain = judge == Judge.CHECKS || judge == Judge.APPLICATION;
      String reason = plain ? is.reason() : judge + ": " + is.reason();
      tell(new LoadBalancerEvent.ServerDown(name(), server.definition(), reason, usable(), all()));
      if (service.failover().resetConnections() && server.connections() > 0) {
        reset(server, "down: " + reason);
      }
    } else if (returns) {
      tell(
          new LoadBalancerEvent.ServerUp(
              name(), server.definition(), Objects.requireNonNull(was), usable(), all()));
    }
  }

  /** One adjustment; null takes it back. As {@link #adjust(WeightSource, Map)}. */
  public void adjust(
      InetSocketAddress server, WeightSource source, @Nullable WeightAdjustment adjustment) {
    Map<InetSocketAddress, @Nullable WeightAdjustment> one = new HashMap<>();
    one.put(server, adjustment);
    adjust(source, one);
  }

  /**
   * What a source wants of the weights of some servers from now on, all at once; null takes back
   * what it wanted.
   *
   * @throws IllegalArgumentException for {@link WeightSource#LIMIT}, which is the load balancer's
   */
  public void adjust(
      WeightSource source, Map<InetSocketAddress, @Nullable WeightAdjustment> adjustments) {
    if (source == WeightSource.LIMIT) {
      throw new IllegalArgumentException(
          "weight adjustment near the limit from outside (expected: another source)");
    }
    Map<InetSocketAddress, @Nullable WeightAdjustment> copy = new LinkedHashMap<>(adjustments);
    queue.submit(() -> copy.forEach((server, wish) -> adjustNow(server, source, wish)));
  }

  private void adjustNow(
      InetSocketAddress address, WeightSource source, @Nullable WeightAdjustment wish) {
    ServerState server = list.find(address);
    if (server == null) {
      return;
    }
    Since<WeightAdjustment> before = server.standing().adjustments().get(source);
    if (Objects.equals(before == null ? null : before.what(), wish)) {
      return;
    }
    double weightBefore = server.effective();
    server.stand(server.standing().with(source, wish, ticker.now()));
    boolean step = source == WeightSource.SLOW_START && before != null && wish != null;
    String cause =
        source + ": " + (wish == null ? "over" : wish.value() + " (" + wish.reason() + ")");
    settle(server, step ? null : cause);
    if (!step && weightBefore != server.effective()) {
      tell(
          new LoadBalancerEvent.WeightChanged(
              name(), server.definition(), source, weightBefore, server.effective(), cause));
    }
  }

  /**
   * An order about one server, instead of what the same orderer has ordered about it before; null
   * takes that back. It stays over changes of the service, also if the server leaves and returns.
   *
   * @throws IllegalArgumentException before anything changes, if the service has no such server
   */
  public void order(InetSocketAddress server, Orderer orderer, @Nullable AdminOrder order) {
    if (balancer.status(server) == null) {
      throw noSuch(server);
    }
    queue.submit(() -> orderNow(server, orderer, order, ticker.now()));
  }

  private void orderNow(
      InetSocketAddress address, Orderer orderer, @Nullable AdminOrder order, Instant since) {
    Since<AdminOrder> before = orders.getOrDefault(address, Map.of()).get(orderer);
    if (Objects.equals(before == null ? null : before.what(), order)) {
      return;
    }
    Map<Orderer, Since<AdminOrder>> next = new HashMap<>(orders.getOrDefault(address, Map.of()));
    if (order == null) {
      next.remove(orderer);
    } else {
      next.put(orderer, new Since<>(order, since));
    }
    orders.put(address, Map.copyOf(next));
    ServerState server = list.find(address);
    if (server == null) {
      return;
    }
    server.stand(server.standing().with(orderer, order, since));
    String cause = orderer + ": " + (order == null ? "order taken back" : order);
    settle(server, cause);
    crisis.look();
    if (server.isExcluded()) {
      forgetTemplates(server);
    }
    tell(
        new LoadBalancerEvent.OrderChanged(
            name(),
            server.definition(),
            orderer,
            before == null ? null : before.what(),
            order,
            server.connections(),
            server.effective()));
  }

  /** Orders in force, for a state file or a command. */
  public List<StandingOrder> orders() {
    List<StandingOrder> all = new ArrayList<>();
    orders.forEach(
        (server, each) ->
            each.forEach(
                (orderer, order) ->
                    all.add(
                        new StandingOrder(name(), server, orderer, order.what(), order.since()))));
    return all;
  }

  /** Orders from before a restart, of this service, also for servers that are not listed now. */
  public void restore(List<StandingOrder> known) {
    List<StandingOrder> copy = List.copyOf(known);
    queue.submit(
        () ->
            copy.forEach(
                each -> orderNow(each.server(), each.orderer(), each.order(), each.since())));
  }

  /** Whether an order in force says that somebody works on the server. */
  public boolean isInMaintenance(InetSocketAddress server) {
    for (Since<AdminOrder> each : orders.getOrDefault(server, Map.of()).values()) {
      if (each.what().kind() == AdminOrder.Kind.MAINTENANCE) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives one new connection to a server that {@link Judge#IN_BAND} has found down: the next that a
   * policy would give it. Until there is a verdict, it gets no second one.
   */
  public void trial(InetSocketAddress server) {
    queue.submit(
        () -> {
          ServerState state = list.find(server);
          if (state != null && state.standing().downs().containsKey(Judge.IN_BAND)) {
            state.onTrial.set(true);
            settle(state, "in-band: one connection on trial");
          }
        });
  }

  /** Any thread: the trial connection is on its way; nothing more until there is a verdict. */
  void trialTaken(ServerState server) {
    queue.submit(() -> settle(server, null));
  }

  /** Resets the open connections of a server, as far as its transport can; calls are told. */
  public void resetConnections(InetSocketAddress server, String reason) {
    queue.submit(
        () -> {
          ServerState state = list.find(server);
          if (state != null) {
            reset(state, reason);
          }
        });
  }

  private void reset(ServerState server, String reason) {
    tell(
        new LoadBalancerEvent.ConnectionsReset(
            name(), server.definition(), server.connections(), reason));
  }

  /**
   * Another upper connection limit than the configured one, such as an agent's {@code maxconn}.
   *
   * @param limit 1 or more, or null for the configured one again
   */
  public void limit(InetSocketAddress server, @Nullable Integer limit, String reason) {
    queue.submit(
        () -> {
          ServerState state = list.find(server);
          if (state != null && state.limit(limit)) {
            balancer.generation().markChanged(state);
            state.remember(
                ticker.now(),
                reason,
                limit == null ? "connection limit as configured" : "connection limit " + limit);
          }
        });
  }

  /**
   * What a transport that lets flows go by itself has counted since its last report, by server;
   * also of servers that have left the service and still have connections. Servers that are not
   * named keep what was reported last.
   */
  public void carried(Map<InetSocketAddress, Carried> reports) {
    Map<InetSocketAddress, Carried> copy = Map.copyOf(reports);
    queue.submit(
        () ->
            copy.forEach(
                (server, report) -> {
                  ServerState state = list.findAlsoRemoved(server);
                  if (state != null) {
                    state.carry(report);
                    if (state.isCorrectionDue()) {
                      list.correct(state);
                    }
                  }
                }));
  }

  /** A check passes, but somebody should look; null when that is over. Logged and told. */
  public void warn(InetSocketAddress server, String check, @Nullable String warning) {
    queue.submit(
        () -> {
          ServerState state = list.find(server);
          if (state != null && state.warn(check, warning)) {
            tell(new LoadBalancerEvent.CheckWarning(name(), state.definition(), check, warning));
          }
        });
  }

  /**
   * Whether somebody raises weights again after slow starts, so that servers that come back may
   * begin with little.
   */
  public void ramped(boolean by) {
    ramped = by;
  }

  boolean isRamped() {
    return ramped;
  }

  /**
   * Why a server has the weight it has.
   *
   * @throws IllegalArgumentException if the service has no such server
   */
  public Explanation explain(InetSocketAddress server) {
    Generation now = balancer.generation();
    ServerState state = now.find(server);
    if (state != null) {
      return explain(now, state);
    }
    ServerState fallback = now.fallback();
    if (fallback != null && fallback.definition().address().equals(server)) {
      return explain(now, fallback);
    }
    throw noSuch(server);
  }

  private Explanation explain(Generation now, ServerState server) {
    List<Step> steps = server.explain(now.service().failover(), crisis.isPanic());
    double weight = server.effective();
    String conclusion;
    if (server == now.fallback()) {
      conclusion = "the fallback: answers when no real server can";
    } else if (isWithoutQuorum()) {
      conclusion = "gets nothing new: the service has lost its quorum";
    } else if (server.isExcluded()) {
      conclusion = "gets nothing new: " + server.down();
    } else if (weight == 0) {
      conclusion = "gets nothing new but from remembered clients: its weight is 0";
    } else if (server.overloaded()) {
      conclusion = "gets nothing new: it is full, with " + server.connections() + " connections";
    } else {
      conclusion = "gets new connections with weight " + Explanation.text(weight);
    }
    return new Explanation(
        now.service().name(),
        server.definition(),
        server.isExcluded() ? 0 : weight,
        !server.isExcluded() && weight > 0 && !isWithoutQuorum(),
        conclusion,
        steps,
        server.history());
  }

  /** Control side: the definition has changed; servers that are new may have orders from before. */
  void redefined() {
    for (ServerState server : list.servers()) {
      Map<Orderer, Since<AdminOrder>> mine =
          orders.getOrDefault(server.definition().address(), Map.of());
      if (!mine.equals(server.standing().orders())) {
        server.stand(server.standing().withOrders(mine));
        settle(server, null);
      }
    }
    crisis.look();
  }

  /** Whether verdicts are not believed, because there would be too few servers. */
  public boolean isPanic() {
    return crisis.isPanic();
  }

  /** Whether fewer servers are up than the quorum asks for, so that the fallback answers. */
  public boolean isWithoutQuorum() {
    return crisis.isWithoutQuorum();
  }

  /**
   * Any thread: has the control side correct a server's weight. Until it has, nobody else need ask.
   */
  void correct(ServerState server) {
    if (server.correcting.compareAndSet(false, true)) {
      queue.submit(
          () -> {
            server.correcting.set(false); // before it looks, so that nothing is overlooked
            list.correct(server);
          });
    }
  }

  /** Remembered clients of a server that is out go elsewhere for good, if the service says so. */
  private void forgetTemplates(ServerState server) {
    TemplateKeeper.forget(balancer.generation(), list.desired(), each -> each == server);
  }

  private void settle(ServerState server, @Nullable String cause) {
    list.settle(server, crisis.isPanic(), cause);
  }

  private String name() {
    return list.desired().name();
  }

  private int usable() {
    return balancer.generation().eligibleServers();
  }

  private int all() {
    return list.servers().size();
  }

  private void tell(LoadBalancerEvent event) {
    listeners.tell(event);
  }

  private IllegalArgumentException noSuch(InetSocketAddress server) {
    return new IllegalArgumentException(
        "virtual service '"
            + balancer.service().name()
            + "': no real server "
            + SocketAddresses.format(server)
            + " (expected: one of "
            + balancer.service().realServers().stream().map(RealServer::name).limit(20).toList()
            + ")");
  }
}
