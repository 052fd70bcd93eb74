package io.jvs.transport.listening;

import java.net.NoRouteToHostException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What system calls say, for people. Told by the text of strerror(3), which the JDK and Netty's
 * native transport both pass on, though in different exceptions.
 */
public final class SystemReasons {
  private static final List<String> KNOWN =
      List.of(
          "connection refused",
          "connection reset",
          "connection timed out",
          "no route to host",
          "network is unreachable",
          "cannot assign requested address",
          "address already in use",
          "permission denied",
          "operation not permitted",
          "no such device",
          "too many open files",
          "no buffer space available",
          "cannot allocate memory");

  private SystemReasons() {}

  /** Such as {@code connection refused}; the whole message if it is nothing common. */
  public static String of(Throwable failure) {
    if (failure instanceof NoRouteToHostException && failure.getMessage() == null) {
      return "no route to host"; // or none to its network: Netty does not tell them apart
    }
    String all = Objects.toString(failure.getMessage(), failure.getClass().getSimpleName());
    if (failure.getCause() != null && failure.getCause().getMessage() != null) {
      all += ": " + failure.getCause().getMessage();
    }
    String lower = all.toLowerCase(Locale.ROOT);
    for (String known : KNOWN) {
      if (lower.contains(known)) {
        return known;
      }
    }
    return all;
  }
}
