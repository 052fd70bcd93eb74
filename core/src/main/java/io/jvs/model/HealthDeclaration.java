package io.jvs.model;

import java.time.Duration;

/**
 * How to find out whether the real servers of a service work. A server is up until checks say
 * otherwise.
 *
 * @param check what to try
 * @param interval from the start of one check to the start of the next, 100 ms to 1 day
 * @param timeout when a check without an answer has failed, at most {@code interval}
 * @param rise successes in a row that bring a server back, 1 to 100
 * @param fall failures in a row that take a server down, 1 to 100
 */
public record HealthDeclaration(
    Check check, Duration interval, Duration timeout, int rise, int fall) {

  /** What is tried on each server. */
  public sealed interface Check {}

  /**
   * A TCP connection can be opened; it is closed again at once.
   *
   * @param port port to try, 1 to 65535; 0 for the port of the server
   */
  public record TcpConnect(int port) implements Check {
    public TcpConnect {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException(
            "tcp-connect check: port " + port + " (expected: 1 to 65535, or 0 for the server's)");
      }
    }

    @Override
    public String toString() {
      return port == 0 ? "tcp-connect" : "tcp-connect port " + port;
    }
  }

  public HealthDeclaration {
    if (interval.compareTo(Duration.ofMillis(100)) < 0
        || interval.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "health interval " + Durations.format(interval) + " (expected: 100 ms to 1 day)");
    }
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "health timeout "
              + Durations.format(timeout)
              + " (expected: more than 0, at most the interval, "
              + Durations.format(interval)
              + ")");
    }
    checkCount("rise", rise);
    checkCount("fall", fall);
  }

  /** A TCP connect every 2 s, down after 3 failures, up after 2 successes: haproxy's defaults. */
  public static HealthDeclaration tcpConnect() {
    return tcpConnect(Duration.ofSeconds(2));
  }

  /** As {@link #tcpConnect()}, with another interval, which is also the timeout. */
  public static HealthDeclaration tcpConnect(Duration interval) {
    return new HealthDeclaration(new TcpConnect(0), interval, interval, 2, 3);
  }

  private static void checkCount(String name, int value) {
    if (value < 1 || value > 100) {
      throw new IllegalArgumentException("health " + name + " " + value + " (expected: 1 to 100)");
    }
  }
}
