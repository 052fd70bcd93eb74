package io.jvs.resilience;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells from what was counted which servers should be ejected, and why. Pure functions: equal
 * statistics give equal answers, whenever and however often they are asked.
 *
 * <p>Each criterion stands by itself: one that is switched on never switches another off. More
 * failures or slow calls of a server never make it look healthier. Servers with fewer calls than
 * the minimum are not judged by rates, and do not count when others are compared.
 */
public final class Detector {
  /** With fewer to compare with, one of them could make any other look bad (Envoy's default). */
  static final int MINIMUM_HOSTS = 5;

  /**
   * Success rates nearer to the mean than this are not worth an ejection, however alike all others
   * are: without it, one failed call among servers without any would do.
   */
  static final double INSIGNIFICANT = 0.05;

  private static final double ROUNDING = 1e-9; // of the sums below

  private final InBandDeclaration declared;

  public Detector(InBandDeclaration declared) {
    this.declared = declared;
  }

  /** Why this server should be ejected, by its own numbers; null if it should not. */
  public @Nullable String finding(Statistics seen) {
    int limit = declared.consecutiveConnectFailures();
    if (limit > 0 && seen.connectFailures() >= limit) {
      return seen.connectFailures() + " connects in a row failed (threshold " + limit + ")";
    }
    int row = declared.consecutiveFailures();
    if (row > 0 && seen.badInARow() >= row) {
      return seen.badInARow() + " calls in a row failed" + orSlow() + " (threshold " + row + ")";
    }
    if (seen.calls() < declared.minimumCalls()) {
      return null;
    }
    if (reaches(seen.failures(), seen.calls(), declared.failureRate())) {
      return rate(seen.failures(), seen.calls(), "failed", declared.failureRate());
    }
    if (declared.slowCall() != null && reaches(seen.slow(), seen.calls(), declared.slowRate())) {
      return rate(
          seen.slow(),
          seen.calls(),
          "took " + EjectionTime.text(declared.slowCall()) + " or longer",
          declared.slowRate());
    }
    return null;
  }

  private String orSlow() {
    return declared.slowCall() == null
        ? ""
        : " or took " + EjectionTime.text(declared.slowCall()) + " or longer";
  }

  /** Multiplied out, so that nothing is rounded. */
  private static boolean reaches(int part, int calls, int percent) {
    return percent > 0 && part * 100L >= (long) percent * calls;
  }

  private static String rate(int part, int calls, String what, int threshold) {
    return part
        + " of "
        + calls
        + " calls "
        + what
        + " ("
        + part * 100L / calls
        + " %, threshold "
        + threshold
        + " %)";
  }

  /**
   * All servers that should be ejected, each with the reason: by its own numbers, or because it
   * fails much more often than the others.
   */
  public <S> Map<S, String> findings(Map<S, Statistics> seen) {
    Map<S, String> found = new HashMap<>(outliers(seen));
    seen.forEach(
        (server, statistics) -> {
          String own = finding(statistics);
          if (own != null) {
            found.put(server, own);
          }
        });
    return found;
  }

  /**
   * By success rate against the others. Mean and deviation are those of the others alone: with its
   * own share in them, a very bad server would raise its own threshold's deviation.
   */
  private <S> Map<S, String> outliers(Map<S, Statistics> seen) {
    if (declared.successRateFactor() == 0) {
      return Map.of();
    }
    int hosts = 0;
    double sum = 0;
    double squares = 0;
    for (Statistics each : seen.values()) {
      if (each.calls() >= declared.minimumCalls()) {
        hosts++;
        sum += each.successRate();
        squares += each.successRate() * each.successRate();
      }
    }
    Map<S, String> found = new HashMap<>();
    if (hosts < MINIMUM_HOSTS) {
      return found;
    }
    for (Map.Entry<S, Statistics> each : seen.entrySet()) {
      if (each.getValue().calls() < declared.minimumCalls()) {
        continue;
      }
      double own = each.getValue().successRate();
      int others = hosts - 1;
      double mean = (sum - own) / others;
      double variance = Math.max(0, (squares - own * own) / others - mean * mean);
      double distance = Math.max(INSIGNIFICANT, declared.successRateFactor() * Math.sqrt(variance));
      if (own < mean - distance - ROUNDING) {
        found.put(
            each.getKey(),
            String.format(
                Locale.ROOT,
                "%.1f %% of %d calls succeeded (others: %.1f %%, threshold %.1f %%)",
                own * 100,
                each.getValue().calls(),
                mean * 100,
                (mean - distance) * 100));
      }
    }
    return found;
  }
}
