package io.jvs.balancing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Tells from what a call threw how far it got. Called by any thread. */
@FunctionalInterface
public interface FailureClassifier {
  Failure classify(Throwable thrown);

  /**
   * What the JDK's own clients throw: a refused, unroutable or timed-out connect was never sent;
   * any other {@link IOException} or a {@link TimeoutException} may have been processed; everything
   * else is an answer, or a fault of the caller, and no fault of the server.
   */
  static FailureClassifier standard() {
    return FailureClassifier::standard;
  }

  private static Failure standard(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof ConnectException
        || cause instanceof NoRouteToHostException
        || cause instanceof PortUnreachableException
        || cause instanceof UnknownHostException
        || cause instanceof UnresolvedAddressException
        // By name, because core does not require the module java.net.http.
        || cause.getClass().getName().equals("java.net.http.HttpConnectTimeoutException")) {
      return Failure.NEVER_SENT;
    }
    return cause instanceof IOException || cause instanceof TimeoutException
        ? Failure.MAYBE_PROCESSED
        : Failure.ANSWERED;
  }
}
