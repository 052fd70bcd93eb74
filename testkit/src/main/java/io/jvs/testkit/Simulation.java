package io.jvs.testkit;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.Phase;
import io.jvs.balancing.Refused;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A world on virtual time around one real {@link LoadBalancer}: clients come, come back and go,
 * servers refuse, crash and recover, checks give verdicts, operators change the definition, time
 * passes. All of it by chance, from one seed, on one thread.
 *
 * <p>After every {@link #step} the load balancer is compared with a {@link ModelService} that knows
 * what must hold: counts equal open connections, whatever happened to the list; nothing new goes to
 * servers that are quiesced, full, down, removed or tried before; a live template is obeyed and a
 * dead one is not; limits hold exactly, since there is one thread; a refusal has a true reason for
 * each server; a change closes no connection.
 *
 * <p>What does not hold is thrown as an {@link AssertionError} that names seed and step and tells
 * the latest events; {@link #replay} does the same again.
 */
public final class Simulation {
  private static final int REMEMBERED_EVENTS = 20;
  private static final int SERVERS = 8;
  private static final int FULL_CHECK_EVERY = 10;
  private static final List<Phase> PHASES = List.of(Phase.values());
  private static final List<InetSocketAddress> VIPS =
      List.of(SocketAddresses.parse("192.0.2.10:80"), SocketAddresses.parse("[2001:db8::10]:80"));

  private final long seed;
  private final SimulationSettings settings;
  private final SplittableRandom chance;
  private final ManualTicker ticker = new ManualTicker();
  private final LoadBalancer balancer;
  private final ModelService model;
  private final List<ModelConnection> open = new ArrayList<>();
  private final List<Unanswered> unanswered = new ArrayList<>();
  private final List<LoadBalancerEvent> news = new ArrayList<>();
  private final Deque<String> events = new ArrayDeque<>();
  private long step;
  private boolean changed; // the definition, in this step
  private boolean finishing;

  /** A flow whose connection has failed and that has not asked for another yet. */
  private record Unanswered(Flow flow, Connection failed, Set<InetSocketAddress> tried) {}

  private Simulation(long seed, SimulationSettings settings) {
    this.seed = seed;
    this.settings = settings;
    this.chance = new SplittableRandom(seed);
    VirtualService.Builder service =
        (settings.protocol() == Protocol.UDP
                ? VirtualService.udp(VIPS.get(0))
                : VirtualService.tcp(VIPS.get(0)))
            .name("simulated")
            .scheduler(settings.scheduler())
            .attempts(1 + chance.nextInt(4));
    for (int i = chance.nextInt(4); i >= 0; i--) {
      service.realServer(server(i));
    }
    if (settings.persistence()) {
      service.persistence(persistence());
    }
    VirtualService definition = service.build();
    SplittableRandom theirs = chance.split();
    this.balancer =
        LoadBalancer.builder(definition)
            .schedulers(settings.schedulers())
            .ticker(ticker)
            .random(theirs)
            .compatibility(settings.compatibility())
            .listener(news::add)
            .build();
    this.model = new ModelService(definition, settings, balancer);
    tell("begins as " + definition);
    news.clear();
  }

  /** A world of a random kind; see {@link SimulationSettings#random}. */
  public static Simulation of(long seed) {
    return of(seed, SimulationSettings.random(seed));
  }

  public static Simulation of(long seed, SimulationSettings settings) {
    return new Simulation(seed, settings);
  }

  /** The world of this seed after so many steps; fails where the first run failed. */
  public static Simulation replay(long seed, long steps) {
    return of(seed).run(steps);
  }

  /** As {@link #replay(long, long)} for a world of a given kind. */
  public static Simulation replay(long seed, long steps, SimulationSettings settings) {
    return of(seed, settings).run(steps);
  }

  public Simulation run(long steps) {
    for (long i = 0; i < steps; i++) {
      step();
    }
    return this;
  }

  /** Lets every connection end and sees that nothing is left of them. */
  public void finish() {
    checked(
        () -> {
          tell("all connections end");
          finishing = true;
          for (ModelConnection connection : List.copyOf(open)) {
            advance(connection, Phase.CLOSED);
          }
        });
  }

  /** The load balancer in the middle of this world. */
  public LoadBalancer balancer() {
    return balancer;
  }

  public int openConnections() {
    return open.size();
  }

  /** One thing happens, and then everything is checked. */
  public void step() {
    step++;
    checked(this::somethingHappens);
  }

  private void checked(Runnable happening) {
    try {
      happening.run();
      model.check(open);
      if (step % FULL_CHECK_EVERY == 0 || changed || finishing) {
        changed = false;
        model.checkStatus(open);
      }
    } catch (AssertionError | RuntimeException e) { // whatever went wrong, seed and step are needed
      throw new AssertionError(
          "simulation failed at step "
              + step
              + " of seed "
              + seed
              + " ("
              + settings
              + "): "
              + e.getMessage()
              + "\nagain: Simulation.replay("
              + seed
              + "L, "
              + step
              + (settings.equals(SimulationSettings.random(seed)) ? "" : ", settings")
              + ")\nlatest events:\n  "
              + String.join("\n  ", events)
              + "\n",
          e);
    }
  }

  private void somethingHappens() {
    int dice = chance.nextInt(100);
    if (dice < 40) {
      offer(flow(), null, Set.of());
    } else if (dice < 60) {
      goOn();
    } else if (dice < 78) {
      pass(chance.nextInt(25) == 0 ? Duration.ofSeconds(chance.nextInt(900)) : shortTime());
    } else if (dice < 80) {
      breakOrMend();
    } else if (dice < 84) {
      verdict();
    } else if (dice < 86) {
      changeNothing();
    } else if (dice < 88 && !unanswered.isEmpty()) {
      Unanswered late = unanswered.remove(chance.nextInt(unanswered.size()));
      offer(late.flow(), late.failed(), late.tried());
    } else {
      change();
    }
  }

  // Clients.

  /** Many clients come back, many share networks, some are new. */
  private Flow flow() {
    boolean ipv6 = chance.nextInt(4) == 0;
    int network = chance.nextInt(4);
    int host = chance.nextInt(3) == 0 ? chance.nextInt(60_000) : chance.nextInt(4);
    String client =
        ipv6
            ? "[2001:db8:1:" + network + "::" + Integer.toHexString(host + 1) + "]:"
            : "10.1." + (network + 4 * (host >> 8)) % 256 + "." + (host & 0xFF) + ":";
    return Flow.of(
        settings.protocol(),
        SocketAddresses.parse(client + (1024 + chance.nextInt(60_000))),
        VIPS.get(ipv6 ? 1 : 0));
  }

  /** Asks for a server, and for others while they refuse; now and then much later. */
  private void offer(Flow flow, @Nullable Connection before, Set<InetSocketAddress> triedBefore) {
    Set<InetSocketAddress> tried = new LinkedHashSet<>(triedBefore);
    Connection failed = before;
    while (true) {
      Admission answer =
          failed == null ? balancer.admit(flow) : balancer.admitElsewhere(flow, failed);
      tell(flow + (failed == null ? "" : " again") + ": " + answer);
      if (answer instanceof Refused refused) {
        model.checkRefused(refused, flow, tried);
        return;
      }
      Connection connection = (Connection) answer;
      ModelConnection opened = model.opened(connection, flow, tried, ticker.nanoTime());
      if (!opened.server.broken) {
        open.add(opened);
        if (chance.nextInt(8) != 0) { // its service time is known; the others take some long time
          opened.endsAt = ticker.nanoTime() + 6 * shortTime().toNanos();
        }
        return;
      }
      model.check(plus(opened));
      tell(connection.server().name() + " refuses");
      connection.fail(Failure.NEVER_SENT, "connection refused");
      opened.advance(Phase.CLOSED);
      tried.add(opened.server.address());
      failed = connection;
      if (chance.nextInt(8) == 0) {
        unanswered.add(new Unanswered(flow, connection, tried));
        return;
      }
    }
  }

  private List<ModelConnection> plus(ModelConnection one) {
    List<ModelConnection> all = new ArrayList<>(open);
    all.add(one);
    return all;
  }

  /** A connection goes on by a step or several, or twice to where it is. */
  private void goOn() {
    if (open.isEmpty()) {
      return;
    }
    ModelConnection connection = open.get(chance.nextInt(open.size()));
    Phase next = PHASES.get(chance.nextInt(PHASES.size()));
    tell(connection.real + " goes on to " + next);
    advance(connection, next);
    if (connection.phase() == Phase.ACTIVE && chance.nextBoolean()) {
      connection.endsAt = ticker.nanoTime() + shortTime().toNanos();
    }
  }

  private void advance(ModelConnection connection, Phase next) {
    boolean expected = connection.advance(next);
    boolean happened = connection.real.advance(next);
    if (happened != expected) {
      throw new AssertionError(
          connection.real + " advanced to " + next + ": " + happened + ", expected " + expected);
    }
    if (next == Phase.CLOSED) {
      open.remove(connection);
      connection.real.close(); // counts once all the same
      connection.real.fail(Failure.MAYBE_PROCESSED, "too late");
    }
  }

  // Time.

  private Duration shortTime() {
    return Duration.ofMillis(chance.nextInt(10_000));
  }

  /** Connections end and templates run out at their moments on the way. */
  private void pass(Duration time) {
    tell(time + " pass");
    long target = ticker.nanoTime() + time.toNanos();
    while (true) {
      long now = ticker.nanoTime();
      ModelConnection first = null;
      for (ModelConnection connection : open) {
        if (connection.endsAt != null
            && (first == null
                || connection.endsAt - now < Objects.requireNonNull(first.endsAt) - now)) {
          first = connection;
        }
      }
      Long ends = first == null ? null : first.endsAt;
      Long expires = model.templates().nextExpiry(now);
      boolean expiryFirst = expires != null && (ends == null || expires - ends <= 0);
      Long next = expiryFirst ? expires : ends;
      if (next == null || next - target > 0) {
        break;
      }
      ticker.advance(Duration.ofNanos(next - now));
      if (expiryFirst) {
        model.templates().expire(next);
      } else if (first != null) {
        advance(first, Phase.CLOSED);
      }
    }
    ticker.advance(Duration.ofNanos(target - ticker.nanoTime()));
  }

  // Servers and checks.

  private void breakOrMend() {
    ModelServer server = model.server(address(chance.nextInt(SERVERS)));
    server.broken = chance.nextInt(3) == 0;
    tell(server.definition().name() + (server.broken ? " crashes" : " is mended"));
    if (server.broken) {
      for (ModelConnection connection : List.copyOf(open)) {
        if (connection.server == server) {
          connection.real.fail(Failure.MAYBE_PROCESSED, "reset by peer");
          connection.advance(Phase.CLOSED);
          open.remove(connection);
        }
      }
    }
  }

  /** Verdicts come for any address, also for servers that are gone. */
  private void verdict() {
    ModelServer server = model.server(address(chance.nextInt(SERVERS)));
    boolean down = chance.nextInt(3) == 0;
    tell(server.definition().name() + " is found " + (down ? "down" : "up"));
    if (down) {
      balancer.markDown(server.address(), "check failed");
    } else {
      balancer.markUp(server.address());
    }
    model.verdict(server, down);
  }

  // Operators.

  private void changeNothing() {
    tell("the same definition again");
    news.clear();
    balancer.apply(balancer.service());
    if (!news.isEmpty()) {
      throw new AssertionError("the same definition again had effects: " + news);
    }
    VirtualService wrong = balancer.service().toBuilder().scheduler("no-such").build();
    try {
      balancer.apply(wrong);
      throw new AssertionError("a definition with an unknown scheduler was taken");
    } catch (IllegalArgumentException expected) {
      if (!news.isEmpty()) {
        throw new AssertionError("a refused definition had effects: " + news, expected);
      }
    }
  }

  private void change() {
    VirtualService before = balancer.service();
    VirtualService.Builder after = before.toBuilder();
    List<RealServer> servers = new ArrayList<>(before.realServers());
    int dice = chance.nextInt(20);
    if (dice < 5) {
      addOne(servers);
    } else if (dice < 8 && !servers.isEmpty()) {
      servers.remove(chance.nextInt(servers.size()));
    } else if (dice < 14 && !servers.isEmpty()) {
      servers.replaceAll(s -> chance.nextInt(3) == 0 ? different(s) : s);
    } else if (dice < 15 && settings.switching()) {
      List<String> names = settings.schedulers().names();
      after.scheduler(names.get(chance.nextInt(names.size())));
    } else if (dice < 17) {
      after.fallback(before.fallback() == null ? server(chance.nextInt(SERVERS)) : null);
    } else if (dice < 18 && settings.persistence()) {
      after.persistence(chance.nextInt(8) == 0 ? null : persistence());
    } else { // a new machine park at once: some stay, some go, some come, some change
      servers.removeIf(s -> chance.nextInt(3) == 0);
      servers.replaceAll(s -> chance.nextInt(3) == 0 ? different(s) : s);
      addOne(servers);
      addOne(servers);
      after.attempts(1 + chance.nextInt(4));
    }
    VirtualService draft = after.realServers(List.of()).build();
    RealServer fallback = draft.fallback();
    servers.removeIf(s -> fallback != null && s.address().equals(fallback.address()));
    if (chance.nextInt(4) == 0) { // the order of the definition means nothing to those present
      Collections.reverse(servers);
    }
    VirtualService desired = after.realServers(servers).build();
    tell("changed to " + desired);
    news.clear();
    balancer.apply(desired);
    model.apply(desired);
    model.checkNews(news);
    changed = true;
  }

  /** A server that is not there; if it was the fallback, nobody is that any more. */
  private void addOne(List<RealServer> servers) {
    RealServer server = server(chance.nextInt(SERVERS));
    if (servers.stream().noneMatch(s -> s.address().equals(server.address()))) {
      servers.add(chance.nextInt(servers.size() + 1), server);
    }
  }

  private RealServer different(RealServer server) {
    return chance.nextBoolean() ? server.withWeight(weight()) : server.withLimits(limits());
  }

  private RealServer server(int number) {
    return RealServer.of(address(number)).withWeight(weight()).withLimits(limits());
  }

  private int weight() {
    return chance.nextInt(6) == 0 ? 0 : 1 + chance.nextInt(chance.nextInt(3) == 0 ? 100 : 5);
  }

  private ConnectionLimits limits() {
    if (!settings.limits() || chance.nextInt(3) == 0) {
      return ConnectionLimits.NONE;
    }
    int upper = 1 + chance.nextInt(8);
    return new ConnectionLimits(upper, chance.nextBoolean() ? 0 : chance.nextInt(upper + 1));
  }

  private Persistence persistence() {
    int[] timeouts = {1, 10, 120, 600};
    Duration timeout = Duration.ofSeconds(timeouts[chance.nextInt(timeouts.length)]);
    Persistence persistence =
        chance.nextInt(8) == 0
            ? Persistence.sourcePort(timeout)
            : new Persistence.SourceNetwork(
                timeout, chance.nextInt(3) == 0 ? 24 : 32, chance.nextInt(3) == 0 ? 64 : 128);
    return persistence.withRules(
        TemplateRules.DEFAULT
            .withExpireQuiesced(chance.nextInt(3) == 0)
            .withExpireDown(chance.nextInt(3) == 0));
  }

  private static InetSocketAddress address(int number) {
    return SocketAddresses.parse("10.0.0." + (number + 1) + ":8080");
  }

  private void tell(String event) {
    if (events.size() == REMEMBERED_EVENTS) {
      events.removeFirst();
    }
    events.addLast(step + ": " + event);
  }
}
