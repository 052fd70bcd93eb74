package io.jvs.health;

import io.jvs.balancing.Judge;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.WeightAdjustment;
import io.jvs.balancing.WeightSource;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The checks of one server of one service, and the verdict they make. Timer thread only. */
final class ServerWatch {
  private final LoadBalancer balancer;
  private final CheckRunner runner;
  private final RandomGenerator random;
  private final @Nullable Finding known;
  private final List<CheckWatch> checks = new ArrayList<>();
  private @Nullable VirtualService service;
  private @Nullable RealServer server;
  private @Nullable HealthDeclaration health;
  private boolean up = true;
  private Instant since;
  private String reason = "not checked yet";

  /**
   * @param known what an earlier process found, or null
   */
  ServerWatch(
      LoadBalancer balancer, CheckRunner runner, RandomGenerator random, @Nullable Finding known) {
    this.balancer = balancer;
    this.runner = runner;
    this.random = random;
    this.known = known;
    this.since = balancer.now();
  }

  /** From now on as declared; what is known stays known. */
  void follow(VirtualService newService, RealServer newServer, HealthDeclaration newHealth) {
    boolean first = health == null;
    service = newService;
    server = newServer;
    if (first) {
      start(newHealth);
    } else if (newHealth.equals(health)) {
      return;
    }
    health = newHealth;
    List<CheckWatch> old = new ArrayList<>(checks);
    checks.clear();
    for (CheckDeclaration declaration : newHealth.checks()) {
      CheckWatch same =
          old.stream().filter(each -> each.isSame(declaration)).findFirst().orElse(null);
      if (same == null) {
        CheckWatch fresh = new CheckWatch(this, declaration, new HealthState(up, 0));
        checks.add(fresh);
        fresh.start(random);
      } else {
        old.remove(same);
        checks.add(same);
        same.declare(declaration, random);
      }
    }
    old.forEach(CheckWatch::stop);
    judge(); // fewer may be needed than before
  }

  private void start(HealthDeclaration newHealth) {
    if (known != null) {
      up = known.up();
      since = known.since();
      reason = known(known);
    } else {
      up = !newHealth.startsDown();
    }
    balancer.control().judge(server().address(), Judge.CHECKS, up ? null : reason);
  }

  /** Why a server is down that an earlier process found so. */
  static String known(Finding finding) {
    String mark = " (known from before the start)";
    return finding.reason().endsWith(mark) ? finding.reason() : finding.reason() + mark;
  }

  Finding finding() {
    return new Finding(service().name(), server().address(), up, since, reason);
  }

  void stop() {
    checks.forEach(CheckWatch::stop);
  }

  CheckRunner runner() {
    return runner;
  }

  RandomGenerator random() {
    return random;
  }

  VirtualService service() {
    return Objects.requireNonNull(service);
  }

  RealServer server() {
    return Objects.requireNonNull(server);
  }

  /** Whether tries would be pointless: an operator works on the server. */
  boolean isPaused() {
    return balancer.control().isInMaintenance(server().address());
  }

  /** A check has shown something. */
  void shown(CheckWatch check, CheckResult result) {
    Integer weight = result.weight();
    if (weight != null) {
      balancer
          .control()
          .adjust(
              server().address(),
              WeightSource.CHECK,
              WeightAdjustment.weight(weight, check.name() + ": " + result.detail()));
    }
    judge();
  }

  /** A check has a new warning, or none any more. */
  void warned(CheckWatch check, @Nullable String warning) {
    balancer.control().warn(server().address(), check.name(), warning);
  }

  private void judge() {
    HealthDeclaration declared = Objects.requireNonNull(health);
    long passing = checks.stream().filter(CheckWatch::isUp).count();
    boolean nowUp = passing >= declared.needed();
    if (nowUp == up) {
      return;
    }
    up = nowUp;
    since = balancer.now();
    reason = nowUp ? passed() : failures(declared, passing);
    balancer.control().judge(server().address(), Judge.CHECKS, nowUp ? null : reason);
  }

  private String passed() {
    return checks.stream().map(CheckWatch::lastDetail).collect(Collectors.joining("; "));
  }

  private String failures(HealthDeclaration declared, long passing) {
    String failing =
        checks.stream()
            .filter(check -> !check.isUp())
            .map(check -> check.failures(checks.size() > 1))
            .collect(Collectors.joining("; "));
    return checks.size() == 1 || declared.needed() == checks.size()
        ? failing
        : passing + " of " + declared.needed() + " needed checks pass: " + failing;
  }
}
