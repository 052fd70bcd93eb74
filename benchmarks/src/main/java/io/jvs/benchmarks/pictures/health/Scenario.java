package io.jvs.benchmarks.pictures.health;

import java.util.ArrayList;
import java.util.List;

/** What one world did, second by second. */
final class Scenario {
  private final HealthWorld world;
  private final int seconds;
  private final List<double[]> shares = new ArrayList<>();
  private final List<double[]> weights = new ArrayList<>();
  private final List<double[]> open = new ArrayList<>();
  private final List<Integer> failed = new ArrayList<>();

  /** What happens at the beginning of a second. */
  interface Script {
    void at(int second, HealthWorld world);
  }

  private Scenario(HealthWorld world, int seconds) {
    this.world = world;
    this.seconds = seconds;
  }

  static Scenario play(HealthWorld world, int seconds, Script script) {
    Scenario scenario = new Scenario(world, seconds);
    int failedBefore = 0;
    for (int second = 0; second < seconds; second++) {
      script.at(second, world);
      world.runUntil(second + 1);
      scenario.shares.add(world.shares());
      scenario.weights.add(world.weights());
      double[] now = new double[world.weights().length];
      for (int i = 0; i < now.length; i++) {
        now[i] = world.open(i);
      }
      scenario.open.add(now);
      scenario.failed.add(world.failed() - failedBefore);
      failedBefore = world.failed();
    }
    return scenario;
  }

  HealthWorld world() {
    return world;
  }

  int seconds() {
    return seconds;
  }

  /** Of the connections of each second, the part in percent that this server was given. */
  List<Double> share(int server) {
    return shares.stream().map(each -> 100 * each[server]).toList();
  }

  /** Effective weight at the end of each second. */
  List<Double> weight(int server) {
    return weights.stream().map(each -> each[server]).toList();
  }

  /** The sum of the effective weights of servers. */
  List<Double> weightOf(int from, int to) {
    List<Double> sums = new ArrayList<>();
    for (double[] each : weights) {
      double sum = 0;
      for (int i = from; i < to; i++) {
        sum += each[i];
      }
      sums.add(sum);
    }
    return sums;
  }

  /** Open connections at the end of each second. */
  List<Double> open(int server) {
    return open.stream().map(each -> each[server]).toList();
  }

  /** Failed calls in percent of the calls that arrive in a second. */
  List<Double> failures() {
    return failed.stream().map(each -> 100 * each / HealthWorld.CALLS_PER_SECOND).toList();
  }

  /** Calls whose caller met a failure, in these seconds. */
  int failedIn(int from, int to) {
    return failed.subList(from, to).stream().mapToInt(each -> each).sum();
  }

  /** The mean of a series over these seconds. */
  static double mean(List<Double> series, int from, int to) {
    return series.subList(from, to).stream().mapToDouble(each -> each).average().orElse(0);
  }
}
