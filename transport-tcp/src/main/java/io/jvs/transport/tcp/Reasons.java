package io.jvs.transport.tcp;

import io.jvs.balancing.Fault;
import io.jvs.transport.listening.SystemReasons;
import java.time.Duration;

/** What failures of connections mean, by the reasons that people are told. */
final class Reasons {
  private Reasons() {}

  /**
   * What went wrong with a connect, in one word, from what {@link SystemReasons#of} and the engines
   * say.
   */
  static Fault fault(String reason) {
    if (reason.startsWith("connect timed out") || reason.equals("connection timed out")) {
      return Fault.CONNECT_TIMEOUT;
    }
    if (reason.startsWith(HostNames.SUBJECT)) {
      return Fault.NAME_NOT_FOUND;
    }
    return switch (reason) {
      case "connection refused" -> Fault.REFUSED;
      case "connection reset" -> Fault.RESET;
      case "no route to host", "network is unreachable" -> Fault.UNREACHABLE;
      default -> Fault.OTHER;
    };
  }

  /** Whether connecting failed at this machine's end: no port, or no such address. */
  static boolean isOfSource(String reason) {
    return reason.equals("cannot assign requested address")
        || reason.equals("address already in use");
  }

  /** {@code 250 ms} or {@code 5 s}. */
  static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
