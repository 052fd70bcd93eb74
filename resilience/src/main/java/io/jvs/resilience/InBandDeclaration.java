package io.jvs.resilience;

import io.jvs.model.Durations;
import io.jvs.model.StatusRanges;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * When a server is ejected because of what became of real connections and calls, and for how long.
 * In brackets the names in Envoy's outlier detection and resilience4j's circuit breaker.
 *
 * @param failureRate percent of failed calls that eject, 1 to 100 (failure_percentage_threshold,
 *     failureRateThreshold); 0 for never
 * @param slowCall from how long on an answer is slow, 1 ms to a day (slowCallDurationThreshold);
 *     null for never
 * @param slowRate percent of slow calls that eject, 1 to 100 (slowCallRateThreshold)
 * @param consecutiveConnectFailures failed connects in a row that eject, however few calls there
 *     are, 1 to 1000 (consecutive_local_origin_failure); 0 for never
 * @param consecutiveFailures calls in a row, none of them good, that failed in whatever way or took
 *     as long as {@code slowCall} or longer, and so eject, however many good ones were before them,
 *     1 to 1000 (consecutive_5xx, and error-limit in haproxy); 0 for never
 * @param failedStatus statuses of HTTP/1 answers that count as failures, looked for in the first
 *     bytes of each connection; null for none. For transports that see bytes, such as the TCP
 *     proxy; calls of a program have {@link ResultJudgement}
 * @param minimumCalls with fewer in the window no rate ejects, 1 to 10000
 *     (failure_percentage_request_volume, minimumNumberOfCalls)
 * @param window how far back calls count
 * @param successRateFactor by how many standard deviations the success rate must be below that of
 *     the other servers to eject, above 0 to 10 (success_rate_stdev_factor, in thousandths there);
 *     0 for never
 * @param ejectionTime how long it is out
 * @param maxEjected percent of the listed servers that may be ejected at once, 1 to 100
 *     (max_ejection_percent); {@link #ejectable}
 * @param confirm whether an active check must fail before a server is ejected, and pass before it
 *     is tried again; without declared checks nothing is ever ejected
 */
public record InBandDeclaration(
    int failureRate,
    @Nullable Duration slowCall,
    int slowRate,
    int consecutiveConnectFailures,
    int consecutiveFailures,
    @Nullable StatusRanges failedStatus,
    int minimumCalls,
    Window window,
    double successRateFactor,
    EjectionTime ejectionTime,
    int maxEjected,
    boolean confirm) {
  public static final Duration SHORTEST_SLOW_CALL = Duration.ofMillis(1);
  public static final Duration LONGEST_SLOW_CALL = Duration.ofDays(1);
  public static final int MOST_CONNECT_FAILURES = 1000;
  public static final int MOST_FAILURES = 1000;
  public static final int MOST_MINIMUM_CALLS = 10_000;

  /**
   * Half of at least 10 calls within 30 s, or 10 calls in a row, or 5 connects in a row, failed:
   * out for 10 s at first, at most half of the servers. Neither slow calls nor statuses nor other
   * servers' success rates matter, and no active check is asked.
   *
   * <p>Ten in a row as in haproxy, not five as in Envoy: where each tenth call fails by chance, far
   * below the half that ejects, five in a row come once in some hundred thousand calls, which a
   * busy server has in a minute; ten once in some ten thousand million. (Connects do not fail by
   * chance.)
   */
  public static final InBandDeclaration DEFAULT =
      new InBandDeclaration(
          50,
          null,
          50,
          5,
          10,
          null,
          10,
          new Window.Time(Duration.ofSeconds(30)),
          0,
          EjectionTime.DEFAULT,
          50,
          false);

  public InBandDeclaration {
    inRange("failure rate", failureRate, 0, 100, " %; 0 for never");
    if (slowCall != null
        && (slowCall.compareTo(SHORTEST_SLOW_CALL) < 0
            || slowCall.compareTo(LONGEST_SLOW_CALL) > 0)) {
      throw new IllegalArgumentException(
          "slow call " + Durations.format(slowCall) + " (expected: 1ms to 1d)");
    }
    inRange("slow rate", slowRate, 1, 100, " %");
    inRange(
        "consecutive connect failures",
        consecutiveConnectFailures,
        0,
        MOST_CONNECT_FAILURES,
        "; 0 for never");
    inRange("consecutive failures", consecutiveFailures, 0, MOST_FAILURES, "; 0 for never");
    inRange("minimum calls", minimumCalls, 1, MOST_MINIMUM_CALLS, "");
    if (window instanceof Window.Calls calls && calls.count() < minimumCalls) {
      throw new IllegalArgumentException(
          "minimum calls "
              + minimumCalls
              + " (expected: at most the window, "
              + calls
              + ", or there are never enough)");
    }
    if (!(successRateFactor >= 0 && successRateFactor <= 10)) {
      throw new IllegalArgumentException(
          "success rate factor " + successRateFactor + " (expected: 0 to 10; 0 for never)");
    }
    inRange("most ejected", maxEjected, 1, 100, " %");
  }

  private static void inRange(String what, int value, int min, int max, String note) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + " " + value + " (expected: " + min + " to " + max + note + ")");
    }
  }

  /**
   * How many servers may be ejected at once: that share, rounded down, but one of two or more in
   * any case, since a share of a short list would forbid all (as Envoy does). The only server of a
   * service is ejected with 100 % alone.
   */
  public int ejectable(int listed) {
    int share = (int) ((long) listed * maxEjected / 100);
    return share == 0 && listed > 1 ? 1 : share;
  }

  public InBandDeclaration failureRate(int percent) {
    return with(draft -> draft.failureRate = percent);
  }

  /** Answers that take so long are slow, and so many percent of them eject. */
  public InBandDeclaration slowCalls(@Nullable Duration duration, int percent) {
    return with(
        draft -> {
          draft.slowCall = duration;
          draft.slowRate = percent;
        });
  }

  public InBandDeclaration consecutiveConnectFailures(int failures) {
    return with(draft -> draft.consecutiveConnectFailures = failures);
  }

  public InBandDeclaration consecutiveFailures(int failures) {
    return with(draft -> draft.consecutiveFailures = failures);
  }

  public InBandDeclaration failedStatus(@Nullable StatusRanges statuses) {
    return with(draft -> draft.failedStatus = statuses);
  }

  /** Both at once, since a window of calls must hold the minimum. */
  public InBandDeclaration window(Window newWindow, int newMinimumCalls) {
    return with(
        draft -> {
          draft.window = newWindow;
          draft.minimumCalls = newMinimumCalls;
        });
  }

  public InBandDeclaration successRateFactor(double factor) {
    return with(draft -> draft.successRateFactor = factor);
  }

  public InBandDeclaration ejectionTime(EjectionTime time) {
    return with(draft -> draft.ejectionTime = time);
  }

  public InBandDeclaration maxEjected(int percent) {
    return with(draft -> draft.maxEjected = percent);
  }

  public InBandDeclaration confirm(boolean byActiveCheck) {
    return with(draft -> draft.confirm = byActiveCheck);
  }

  private InBandDeclaration with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished();
  }

  /** A copy that may be changed, so that each of the methods above names what it changes alone. */
  private static final class Draft {
    private int failureRate;
    private @Nullable Duration slowCall;
    private int slowRate;
    private int consecutiveConnectFailures;
    private int consecutiveFailures;
    private @Nullable StatusRanges failedStatus;
    private int minimumCalls;
    private Window window;
    private double successRateFactor;
    private EjectionTime ejectionTime;
    private int maxEjected;
    private boolean confirm;

    Draft(InBandDeclaration from) {
      failureRate = from.failureRate;
      slowCall = from.slowCall;
      slowRate = from.slowRate;
      consecutiveConnectFailures = from.consecutiveConnectFailures;
      consecutiveFailures = from.consecutiveFailures;
      failedStatus = from.failedStatus;
      minimumCalls = from.minimumCalls;
      window = from.window;
      successRateFactor = from.successRateFactor;
      ejectionTime = from.ejectionTime;
      maxEjected = from.maxEjected;
      confirm = from.confirm;
    }

    InBandDeclaration finished() {
      return new InBandDeclaration(
          failureRate,
          slowCall,
          slowRate,
          consecutiveConnectFailures,
          consecutiveFailures,
          failedStatus,
          minimumCalls,
          window,
          successRateFactor,
          ejectionTime,
          maxEjected,
          confirm);
    }
  }
}
