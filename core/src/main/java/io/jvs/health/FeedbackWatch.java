package io.jvs.health;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.RendezvousSubset;
import io.jvs.balancing.WeightAdjustment;
import io.jvs.balancing.WeightSource;
import io.jvs.feedback.LoadMeasure;
import io.jvs.feedback.WeightFeedback;
import io.jvs.model.FeedbackDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The load of one service's servers, asked for every interval where blocking is allowed, and the
 * weights that follow, all of a round in one change of the service. Timer thread only.
 */
final class FeedbackWatch {
  private static final String NAME = "feedback";

  private final LoadBalancer balancer;
  private final CheckRunner runner;
  private final WeightFeedback feedback = new WeightFeedback();

  /**
   * As told: in whole percents, so that weights stay small numbers, with which {@code wrr} spreads
   * well, and not every tremor is a change of the service.
   */
  private final Map<InetSocketAddress, Double> factors = new HashMap<>();

  private @Nullable FeedbackDeclaration declared;
  private List<RealServer> servers = List.of();
  private @Nullable Future<?> next;
  private boolean running;
  private long lastRound;
  private boolean stopped;

  FeedbackWatch(LoadBalancer balancer, CheckRunner runner) {
    this.balancer = balancer;
    this.runner = runner;
  }

  /** From now on as declared; factors stay as they are and move on from there. */
  void follow(VirtualService service) {
    FeedbackDeclaration before = declared;
    declared = service.feedback();
    servers = declared == null ? List.of() : RendezvousSubset.of(service);
    if (declared == null) {
      takeBack();
      cancel();
    } else if (before == null) {
      lastRound = balancer.nanoTime();
      roundIn(declared.interval());
    } else {
      if (!declared.source().equals(before.source()) || declared.meaning() != before.meaning()) {
        feedback.forgetValues();
      }
      if (!declared.interval().equals(before.interval())) {
        cancel();
        roundIn(declared.interval());
      }
    }
  }

  void stop() {
    stopped = true;
    cancel();
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void roundIn(Duration time) {
    try {
      next = runner.timer().schedule(this::due, time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      stopped = true; // the monitor is closed
    }
  }

  private void due() {
    FeedbackDeclaration now = declared;
    if (stopped || now == null) {
      return;
    }
    roundIn(now.interval());
    if (running || !(now.source() instanceof LoadMeasure measure)) {
      return; // a slow source makes fewer rounds, never two at once
    }
    running = true;
    Map<InetSocketAddress, Double> values = new ConcurrentHashMap<>();
    Map<InetSocketAddress, String> troubles = new ConcurrentHashMap<>();
    List<RealServer> asked = servers;
    CompletableFuture<?>[] answers = new CompletableFuture<?>[asked.size()];
    try {
      for (int i = 0; i < answers.length; i++) {
        RealServer server = asked.get(i);
        answers[i] =
            CompletableFuture.runAsync(
                () -> ask(measure, server, values, troubles), runner.blocking());
      }
    } catch (RejectedExecutionException e) {
      stopped = true;
      return;
    }
    var unused =
        CompletableFuture.allOf(answers)
            .whenComplete(
                (all, thrown) -> { // an Error of a measure is an unknown value, too
                  try {
                    runner.timer().execute(() -> ended(asked, values, troubles));
                  } catch (RejectedExecutionException e) {
                    // Closed: weights stay as they are.
                  }
                });
  }

  private static void ask(
      LoadMeasure measure,
      RealServer server,
      Map<InetSocketAddress, Double> values,
      Map<InetSocketAddress, String> troubles) {
    try {
      values.put(server.address(), measure.measure(server));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the monitor is being closed
    } catch (Exception e) { // from a measure that is not ours, or a script that fails
      String why = e.getMessage();
      troubles.put(server.address(), why == null ? e.toString() : why);
    }
  }

  private void ended(
      List<RealServer> asked,
      Map<InetSocketAddress, Double> values,
      Map<InetSocketAddress, String> troubles) {
    running = false;
    FeedbackDeclaration rule = declared;
    if (stopped || rule == null) {
      return;
    }
    for (RealServer server : asked) {
      balancer.control().warn(server.address(), NAME, troubles.get(server.address()));
    }
    long now = balancer.nanoTime();
    Duration passed = Duration.ofNanos(now - lastRound);
    lastRound = now;
    Map<InetSocketAddress, Double> next = feedback.round(rule, passed, servers, values);
    next.replaceAll((server, factor) -> Math.rint(factor * 100) / 100);
    Map<InetSocketAddress, @Nullable WeightAdjustment> changes = new HashMap<>();
    next.forEach(
        (server, factor) -> {
          if (factor != factors.getOrDefault(server, 1.0).doubleValue()) {
            changes.put(server, WeightAdjustment.factor(factor, reason(rule, values.get(server))));
          }
        });
    factors.clear();
    factors.putAll(next);
    if (!changes.isEmpty()) {
      balancer.control().adjust(WeightSource.FEEDBACK, changes);
    }
  }

  /** {@code queue length is 7.3}. */
  private static String reason(FeedbackDeclaration rule, @Nullable Double value) {
    String shown =
        value == null || value.isNaN() ? "unknown" : String.format(Locale.ROOT, "%.4g", value);
    return rule.source() + " is " + shown;
  }

  private void takeBack() {
    Map<InetSocketAddress, @Nullable WeightAdjustment> none = new HashMap<>();
    factors.keySet().forEach(server -> none.put(server, null));
    factors.clear();
    if (!none.isEmpty()) {
      balancer.control().adjust(WeightSource.FEEDBACK, none);
      none.keySet().forEach(server -> balancer.control().warn(server, NAME, null));
      feedback.reset();
    }
  }
}
