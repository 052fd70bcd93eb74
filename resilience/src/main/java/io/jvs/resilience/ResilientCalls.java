package io.jvs.resilience;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.FailureClassifier;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.NoRealServerException;
import io.jvs.balancing.Phase;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Retry;
import io.jvs.balancing.ServerCall;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One kind of call to a service, tried again on other servers within a budget, and if asked for on
 * two at once. As {@link LoadBalancer#call} and {@link LoadBalancer#callAsync}, and besides:
 *
 * <ul>
 *   <li>A result may be a failure of the server, such as status 503; in-band health hears so.
 *   <li>Trying again what a server may have processed is limited by a {@link RetryBudget}. What no
 *       server has seen, such as a refused connect, may always be tried elsewhere, within the
 *       attempts of the service: it costs the servers nothing, and with it clients see nothing of a
 *       server that has just died.
 *   <li>{@link Hedging}, of asynchronous calls that are idempotent.
 * </ul>
 *
 * <p>Never twice on the same server. Any thread; no locks.
 *
 * @param <T> what comes back
 */
public final class ResilientCalls<T> {
  private final LoadBalancer balancer;
  private final Retry retry;
  private final FailureClassifier classifier;
  private final ResultJudgement<? super T> judgement;
  private final RetryBudget budget;
  private final @Nullable Hedging hedging;
  private final @Nullable ScheduledExecutorService timer;
  private final Latencies latencies = new Latencies();

  private ResilientCalls(Builder<T> builder) {
    this.balancer = builder.balancer;
    this.retry = builder.retry;
    this.classifier = builder.classifier;
    this.judgement = builder.judgement;
    this.budget = builder.budget;
    this.hedging = builder.hedging;
    this.timer = builder.timer;
  }

  public static <T> Builder<T> builder(LoadBalancer balancer) {
    return new Builder<>(balancer);
  }

  /**
   * Does it now, on this thread.
   *
   * @return the result of the last attempt, also if that was a failure of the server
   * @throws X what the last attempt threw, earlier failures suppressed in it
   * @throws NoRealServerException if no server was found for the first attempt
   */
  public <X extends Exception> T call(Flow flow, ServerCall<? extends T, X> call) throws X {
    Connection connection = first(flow);
    Throwable earlier = null;
    while (true) {
      connection.advance(Phase.ACTIVE);
      T result;
      try {
        result = call.apply(connection.server());
      } catch (Throwable thrown) { // rethrown below, whatever it is; the count must be given back
        Failure failure = failed(connection, thrown);
        if (earlier != null && earlier != thrown) {
          thrown.addSuppressed(earlier);
        }
        Connection next = elsewhere(flow, connection, failure);
        if (next == null) {
          throw thrown;
        }
        earlier = thrown;
        connection = next;
        continue;
      }
      Connection next = answered(connection, result) ? null : elsewhere(flow, connection);
      if (next == null) {
        return result;
      }
      connection = next;
    }
  }

  /**
   * Does it without waiting. Attempts after the first are started by the thread that completed the
   * one before, or by the timer. Cancelling the result as a {@code CompletableFuture} cancels what
   * is under way.
   *
   * @return completes as {@link #call} returns or throws
   */
  public CompletionStage<T> callAsync(
      Flow flow, Function<RealServer, ? extends CompletionStage<T>> call) {
    return new AsyncAttempts<>(this, flow, call).start();
  }

  /** Finds the server of a call's first attempt, and counts the call. */
  Connection first(Flow flow) {
    budget.called();
    Admission answer = balancer.admit(flow);
    if (answer instanceof Refused refused) {
      throw new NoRealServerException(refused);
    }
    return (Connection) answer;
  }

  /** Tells what an attempt threw. */
  Failure failed(Connection connection, Throwable thrown) {
    Failure failure = Failure.ANSWERED; // if the classifier itself fails, the server is not blamed
    try {
      failure = classifier.classify(thrown);
    } finally {
      connection.fail(failure, thrown.toString());
    }
    return failure;
  }

  /** Tells what an attempt gave; whether it was good. */
  boolean answered(Connection connection, T result) {
    String bad = null;
    try {
      bad = judgement.serverFailure(result);
    } finally {
      if (bad == null) {
        connection.close();
      } else {
        connection.fail(Failure.MAYBE_PROCESSED, bad);
      }
    }
    return bad == null;
  }

  /** Another server after a result that was a failure, or null. */
  @Nullable Connection elsewhere(Flow flow, Connection failed) {
    return elsewhere(flow, failed, Failure.MAYBE_PROCESSED);
  }

  /** Another server after a failure, or null if it may not be tried again or there is none. */
  @Nullable Connection elsewhere(Flow flow, Connection failed, Failure failure) {
    return switch (failure) {
      case NEVER_SENT -> admitElsewhere(flow, failed);
      case MAYBE_PROCESSED -> retry == Retry.IDEMPOTENT ? withinBudget(flow, failed) : null;
      case ANSWERED -> null;
    };
  }

  private @Nullable Connection withinBudget(Flow flow, Connection tried) {
    if (!budget.take()) {
      return null;
    }
    Connection next = admitElsewhere(flow, tried);
    if (next == null) {
      budget.giveBack();
    }
    return next;
  }

  private @Nullable Connection admitElsewhere(Flow flow, Connection tried) {
    return balancer.admitElsewhere(flow, tried) instanceof Connection next ? next : null;
  }

  /** A server for a second call beside the one under way, or null. Never the fallback. */
  @Nullable Connection beside(Flow flow, Connection underWay) {
    Connection connection = withinBudget(flow, underWay);
    RealServer fallback = balancer.service().fallback();
    if (connection != null
        && fallback != null
        && fallback.address().equals(connection.server().address())) {
      connection.abandon(); // its answer comes fast, but is not what the caller wants
      return null;
    }
    return connection;
  }

  /** After how many nanoseconds a call is hedged; below 0 for never. */
  long hedgeNanos() {
    // With persistence the client would be remembered to be at the server of the second call.
    if (hedging == null || balancer.service().persistence() != null) {
      return -1;
    }
    if (hedging instanceof Hedging.AtPercentile at) {
      long usual = latencies.percentile(at.percent());
      return usual < 0 ? -1 : Math.max(usual, at.atLeast().toNanos());
    }
    return ((Hedging.After) hedging).delay().toNanos();
  }

  @Nullable ScheduledExecutorService timer() {
    return timer;
  }

  long nanoTime() {
    return balancer.nanoTime();
  }

  void took(long nanos) {
    latencies.add(nanos);
  }

  /**
   * Collects how calls are made.
   *
   * @param <T> what comes back
   */
  public static final class Builder<T> {
    private final LoadBalancer balancer;
    private Retry retry = Retry.NEVER_SENT;
    private FailureClassifier classifier = FailureClassifier.standard();
    private ResultJudgement<? super T> judgement = result -> null;
    private RetryBudget budget = RetryBudget.standard();
    private @Nullable Hedging hedging;
    private @Nullable ScheduledExecutorService timer;

    private Builder(LoadBalancer balancer) {
      this.balancer = balancer;
    }

    /** What may be tried again; default: {@link Retry#NEVER_SENT}, right for everything. */
    public Builder<T> retry(Retry what) {
      this.retry = what;
      return this;
    }

    /** Default: {@link FailureClassifier#standard()}. */
    public Builder<T> failures(FailureClassifier newClassifier) {
      this.classifier = newClassifier;
      return this;
    }

    /** Which results are failures of the server; default: none. */
    public Builder<T> serverFailure(ResultJudgement<? super T> newJudgement) {
      this.judgement = newJudgement;
      return this;
    }

    /** May be shared with other calls; default: {@link RetryBudget#standard()} for itself. */
    public Builder<T> budget(RetryBudget newBudget) {
      this.budget = newBudget;
      return this;
    }

    /**
     * Hedges asynchronous calls. A second call counts as an attempt, and against the budget.
     * Services with persistence are not hedged, since a client is at one server there.
     *
     * @param newTimer starts second calls
     */
    public Builder<T> hedging(Hedging newHedging, ScheduledExecutorService newTimer) {
      this.hedging = newHedging;
      this.timer = newTimer;
      return this;
    }

    /**
     * Checks what single parts cannot see.
     *
     * @throws IllegalArgumentException if calls are to be hedged that may not happen twice
     */
    public ResilientCalls<T> build() {
      if (hedging != null && retry != Retry.IDEMPOTENT) {
        throw new IllegalArgumentException(
            "hedging "
                + hedging
                + " with retry "
                + retry
                + " (expected: retry IDEMPOTENT, since hedged calls happen twice)");
      }
      return new ResilientCalls<>(this);
    }
  }
}
