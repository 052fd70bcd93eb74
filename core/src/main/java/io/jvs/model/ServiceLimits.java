package io.jvs.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a service as a whole, and each of its clients, may take; {@link ConnectionLimits} are those
 * of a real server. A client is an IPv4 address, or the /64 network of an IPv6 address, since that
 * is what one subscriber has. Transports in userspace go by it; the kernel has no such limits.
 *
 * @param connections of the service at once, those that wait included; 0 for no limit
 * @param perClient connections of one client at once; 0 for no limit
 * @param rate new connections of the service, or null for no limit
 * @param ratePerClient new connections of one client, or null for no limit
 * @param packetsPerClient packets (datagrams) that one client sends, over all its flows; null for
 *     no limit. For UDP
 * @param queue who may wait for a real server when all are full, or null for nobody
 */
public record ServiceLimits(
    int connections,
    int perClient,
    @Nullable Rate rate,
    @Nullable Rate ratePerClient,
    @Nullable Rate packetsPerClient,
    @Nullable Queue queue) {
  public static final ServiceLimits NONE = new ServiceLimits(0, 0, null, null, null);

  public ServiceLimits {
    if (connections < 0 || perClient < 0) {
      throw new IllegalArgumentException(
          "service limits: connections "
              + connections
              + ", perClient "
              + perClient
              + " (expected: 0 to 2147483647, 0 for none)");
    }
  }

  /** Without a limit of packets. */
  public ServiceLimits(
      int connections,
      int perClient,
      @Nullable Rate rate,
      @Nullable Rate ratePerClient,
      @Nullable Queue queue) {
    this(connections, perClient, rate, ratePerClient, null, queue);
  }

  /** With another limit of packets, or none. */
  public ServiceLimits withPacketsPerClient(@Nullable Rate packets) {
    return new ServiceLimits(connections, perClient, rate, ratePerClient, packets, queue);
  }

  /**
   * So many in that time, evenly; up to {@code burst} at once.
   *
   * @param count 1 to 1000000000
   * @param per 1 ms to 1 day
   * @param burst 1 to 1000000000
   */
  public record Rate(int count, Duration per, int burst) {
    private static final int MOST = 1_000_000_000;

    public Rate {
      if (count < 1 || count > MOST || burst < 1 || burst > MOST) {
        throw new IllegalArgumentException(
            "rate " + count + ", burst " + burst + " (expected: 1 to " + MOST + ")");
      }
      if (per.compareTo(Duration.ofMillis(1)) < 0 || per.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(
            "rate per " + Durations.format(per) + " (expected: 1 ms to 1 day)");
      }
    }

    /** With a burst of a whole {@code count}. */
    public static Rate of(int count, Duration per) {
      return new Rate(count, per, count);
    }

    /** {@code 100 per 1s, burst 100}. */
    @Override
    public String toString() {
      return count + " per " + Durations.format(per) + ", burst " + burst;
    }
  }

  /**
   * Clients that wait, first come, first served.
   *
   * @param length how many at most, 1 to 1000000
   * @param timeout how long each at most, 1 ms to 1 hour
   */
  public record Queue(int length, Duration timeout) {
    public Queue {
      if (length < 1 || length > 1_000_000) {
        throw new IllegalArgumentException("queue length " + length + " (expected: 1 to 1000000)");
      }
      if (timeout.compareTo(Duration.ofMillis(1)) < 0
          || timeout.compareTo(Duration.ofHours(1)) > 0) {
        throw new IllegalArgumentException(
            "queue timeout " + Durations.format(timeout) + " (expected: 1 ms to 1 hour)");
      }
    }

    @Override
    public String toString() {
      return length + " for up to " + Durations.format(timeout);
    }
  }

  /** What is limited, on one line; {@code no limits}. */
  @Override
  public String toString() {
    if (equals(NONE)) {
      return "no limits";
    }
    StringBuilder out = new StringBuilder("limits");
    add(out, "connections", connections == 0 ? null : connections);
    add(out, "perClient", perClient == 0 ? null : perClient);
    add(out, "rate", rate);
    add(out, "ratePerClient", ratePerClient);
    add(out, "packetsPerClient", packetsPerClient);
    add(out, "queue", queue);
    return out.toString();
  }

  private static void add(StringBuilder out, String what, @Nullable Object value) {
    if (value != null) {
      out.append(out.length() == "limits".length() ? " " : ", ")
          .append(what)
          .append(' ')
          .append(value);
    }
  }
}
