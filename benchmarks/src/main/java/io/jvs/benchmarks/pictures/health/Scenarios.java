package io.jvs.benchmarks.pictures.health;

import io.jvs.feedback.LoadFunction;
import io.jvs.model.CheckTiming;
import io.jvs.model.Failover;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.FeedbackDeclaration.Meaning;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.SlowStart;
import io.jvs.model.VirtualService;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.resilience.Window;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What docs/health.md shows. The same whenever and wherever it is played. */
final class Scenarios {
  private static final CheckTiming EVERY_SECOND =
      CheckTiming.DEFAULT.every(Duration.ofSeconds(1)).jitterPercent(5);

  private Scenarios() {}

  /** The servers' faults are seen by checks, which exist before the world does. */
  private static HealthWorld world(
      int servers,
      CheckTiming timing,
      UnaryOperator<VirtualService.Builder> declare,
      @Nullable InBandDeclaration inBand) {
    AtomicReference<HealthWorld> made = new AtomicReference<>();
    HealthDeclaration health = HealthWorld.checks(made::get, timing);
    HealthWorld world =
        new HealthWorld(7, servers, service -> declare.apply(service.health(health)), inBand);
    made.set(world);
    return world;
  }

  /** A server dies for two seconds in each five; later for good, for a minute. */
  static Scenario flapping(boolean calm) {
    CheckTiming timing = calm ? EVERY_SECOND.fall(3).rise(5) : EVERY_SECOND.fall(1).rise(1);
    UnaryOperator<VirtualService.Builder> declare =
        service -> calm ? service.slowStart(SlowStart.over(Duration.ofSeconds(20))) : service;
    return Scenario.play(
        world(5, timing, declare, null),
        180,
        (second, world) -> {
          boolean flaps = second >= 20 && second < 80 && second % 5 < 2;
          boolean dead = second >= 100 && second < 140;
          world.fault(0, flaps || dead ? Fault.DEAD : Fault.NONE);
        });
  }

  /** A server takes ten times as long; checks see nothing wrong with it. */
  static Scenario slow(boolean inBand) {
    InBandDeclaration rule =
        InBandDeclaration.DEFAULT
            .slowCalls(Duration.ofMillis(200), 50)
            .window(new Window.Time(Duration.ofSeconds(5)), 10);
    return Scenario.play(
        world(5, EVERY_SECOND, service -> service, inBand ? rule : null),
        120,
        (second, world) -> world.fault(0, second >= 20 && second < 80 ? Fault.SLOW : Fault.NONE));
  }

  /** A server answers every call with an error, faster than any other can work. */
  static Scenario failsFast(boolean inBand) {
    return Scenario.play(
        world(
            5,
            EVERY_SECOND.every(Duration.ofSeconds(10)),
            service -> service.scheduler("wlc"),
            inBand
                ? InBandDeclaration.DEFAULT.window(new Window.Time(Duration.ofSeconds(5)), 10)
                : null),
        120,
        (second, world) ->
            world.fault(0, second >= 20 && second < 80 ? Fault.FAILS_FAST : Fault.NONE));
  }

  /** A server that tells twice the load of the others, and half of it, by turns. */
  static Scenario oscillating(boolean damped) {
    AtomicInteger now = new AtomicInteger();
    LoadFunction told =
        new LoadFunction(
            "load",
            server -> {
              boolean first = server.name().startsWith("10.0.0.1:");
              return first ? (now.get() % 10 < 5 ? 2 : 0.5) : 1;
            });
    FeedbackDeclaration usual =
        new FeedbackDeclaration(
            told,
            Meaning.LOAD,
            Duration.ofSeconds(1),
            damped ? Duration.ofSeconds(20) : Duration.ZERO,
            damped ? 0.05 : 1,
            0.1,
            3,
            damped ? 0.05 : 0);
    return Scenario.play(
        world(5, EVERY_SECOND, service -> service.feedback(usual), null),
        120,
        (second, world) -> now.set(second));
  }

  /** Six of ten servers are found dead by a check that is wrong. */
  static Scenario panic(boolean declared) {
    return Scenario.play(
        world(
            10,
            EVERY_SECOND,
            service -> declared ? service.failover(Failover.DEFAULT.panicPercent(50)) : service,
            null),
        100,
        (second, world) -> {
          for (int i = 0; i < 6; i++) {
            world.lie(i, second >= 20 + 5 * i && second < 80);
          }
        });
  }

  /** Five of ten servers come back together. */
  static Scenario recovery(boolean slowly) {
    return Scenario.play(
        world(
            10,
            EVERY_SECOND,
            service -> slowly ? service.slowStart(SlowStart.over(Duration.ofSeconds(40))) : service,
            null),
        120,
        (second, world) -> {
          for (int i = 0; i < 5; i++) {
            world.fault(i, second >= 10 && second < 40 ? Fault.DEAD : Fault.NONE);
          }
        });
  }
}
