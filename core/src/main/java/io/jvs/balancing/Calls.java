package io.jvs.balancing;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Attempts one after the other, each on another server. Holds no lock while work is done. */
final class Calls {
  private Calls() {}

  static <T, X extends Exception> T call(
      LoadBalancer balancer,
      FailureClassifier classifier,
      Flow flow,
      Retry retry,
      ServerCall<T, X> call)
      throws X {
    Connection connection = require(balancer.admit(flow));
    Throwable earlier = null;
    while (true) {
      connection.advance(Phase.ACTIVE);
      try {
        T result = call.apply(connection.server());
        connection.close();
        return result;
      } catch (Throwable thrown) { // rethrown below, whatever it is; the count must be given back
        Failure failure = report(connection, classifier, thrown);
        if (earlier != null && earlier != thrown) {
          thrown.addSuppressed(earlier);
        }
        if (!retry.permits(failure)
            || !(balancer.admitElsewhere(flow, connection) instanceof Connection next)) {
          throw thrown;
        }
        earlier = thrown;
        connection = next;
      }
    }
  }

  /** With an answer of this process for when there is no server, or none that can be reached. */
  static <T, X extends Exception> T call(
      LoadBalancer balancer,
      FailureClassifier classifier,
      Flow flow,
      ServerCall<T, X> call,
      Function<? super Refused, ? extends T> otherwise)
      throws X {
    Admission admission = balancer.admit(flow);
    while (admission instanceof Connection connection) {
      connection.advance(Phase.ACTIVE);
      try {
        T result = call.apply(connection.server());
        connection.close();
        return result;
      } catch (Throwable thrown) { // rethrown unless no server has seen the call
        if (!Retry.NEVER_SENT.permits(report(connection, classifier, thrown))) {
          throw thrown;
        }
        admission = balancer.admitElsewhere(flow, connection);
      }
    }
    return otherwise.apply((Refused) admission);
  }

  static <T> CompletionStage<T> callAsync(
      LoadBalancer balancer,
      FailureClassifier classifier,
      Flow flow,
      Retry retry,
      Function<RealServer, ? extends CompletionStage<T>> call,
      @Nullable Function<? super Refused, ? extends T> otherwise) {
    AsyncCall<T> attempts = new AsyncCall<>(balancer, classifier, flow, retry, call, otherwise);
    Admission first = balancer.admit(flow);
    if (first instanceof Refused refused) {
      attempts.refused(refused, new NoRealServerException(refused));
    } else if (first instanceof Connection connection) {
      attempts.start(connection, null);
    }
    return attempts.result;
  }

  private static Connection require(Admission admission) {
    if (admission instanceof Refused refused) {
      throw new NoRealServerException(refused);
    }
    return (Connection) admission;
  }

  private static Failure report(
      Connection connection, FailureClassifier classifier, Throwable thrown) {
    Failure failure = Failure.ANSWERED; // if the classifier itself fails, the server is not blamed
    try {
      failure = classifier.classify(thrown);
    } finally {
      connection.fail(failure, thrown.toString());
    }
    return failure;
  }

  private record AsyncCall<T>(
      LoadBalancer balancer,
      FailureClassifier classifier,
      Flow flow,
      Retry retry,
      Function<RealServer, ? extends CompletionStage<T>> call,
      @Nullable Function<? super Refused, ? extends T> otherwise,
      CompletableFuture<T> result) {

    AsyncCall(
        LoadBalancer balancer,
        FailureClassifier classifier,
        Flow flow,
        Retry retry,
        Function<RealServer, ? extends CompletionStage<T>> call,
        @Nullable Function<? super Refused, ? extends T> otherwise) {
      this(balancer, classifier, flow, retry, call, otherwise, new CompletableFuture<>());
    }

    /** There is no server, or none any more. */
    void refused(Refused refused, Throwable thrown) {
      if (otherwise == null) {
        result.completeExceptionally(thrown);
        return;
      }
      try {
        result.complete(otherwise.apply(refused));
      } catch (Throwable failed) { // goes into the result, whatever it is
        result.completeExceptionally(failed);
      }
    }

    void start(Connection connection, @Nullable Throwable earlier) {
      connection.advance(Phase.ACTIVE);
      CompletionStage<T> stage;
      try {
        stage = call.apply(connection.server());
      } catch (Throwable thrown) { // goes into the result; the count must be given back
        ended(connection, earlier, null, thrown);
        return;
      }
      var unusedCancel =
          result.whenComplete(
              (value, thrown) -> {
                if (result.isCancelled()) {
                  stage.toCompletableFuture().cancel(true);
                }
              });
      var unusedEnd =
          stage.whenComplete((value, thrown) -> ended(connection, earlier, value, thrown));
    }

    private void ended(
        Connection connection,
        @Nullable Throwable earlier,
        @Nullable T value,
        @Nullable Throwable completion) {
      if (completion == null) {
        connection.close();
        result.complete(value);
        return;
      }
      Throwable thrown =
          completion instanceof CompletionException && completion.getCause() != null
              ? completion.getCause()
              : completion;
      if (result.isCancelled()) {
        connection.close(); // the caller's wish, no fault of the server
        return;
      }
      try {
        Failure failure = report(connection, classifier, thrown);
        if (earlier != null && earlier != thrown) {
          thrown.addSuppressed(earlier);
        }
        if (retry.permits(failure)) {
          Admission elsewhere = balancer.admitElsewhere(flow, connection);
          if (elsewhere instanceof Connection next) {
            start(next, thrown);
          } else if (elsewhere instanceof Refused none) {
            refused(none, thrown);
          }
          return;
        }
      } catch (RuntimeException classifierFailed) { // from outside; the caller must get an answer
        thrown.addSuppressed(classifierFailed);
      }
      result.completeExceptionally(thrown);
    }
  }
}
