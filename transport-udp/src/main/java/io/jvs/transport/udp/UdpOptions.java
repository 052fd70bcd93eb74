package io.jvs.transport.udp;

import io.jvs.model.Durations;
import io.jvs.model.TransportOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the UDP transport carries one service; {@link #DEFAULT} is as plain as can be.
 *
 * @param responses how many datagrams answer each one of a client, after which the flow is over: 0
 *     for services that never answer, such as syslog; -1 if nobody knows, so that a flow ends by
 *     its timeout alone (nginx's {@code proxy_responses})
 * @param retryAfter how long a server may owe its first answer before the datagram goes to another
 *     one, 10 ms to 1 minute, or null for never. What an ICMP error says is acted on at once in any
 *     case
 * @param joined whether trains of equal datagrams are handed over as they are (UDP_GRO and
 *     UDP_SEGMENT), which spares bulk most of its cost; Linux only
 * @param passTos whether the type of service, ECN included, is passed on both ways; Linux only
 */
public record UdpOptions(
    int responses, @Nullable Duration retryAfter, boolean joined, boolean passTos)
    implements TransportOptions {
  /** Any number of answers, no retry but after ICMP errors, trains are kept. */
  public static final UdpOptions DEFAULT = new UdpOptions(-1, null, true, false);

  public UdpOptions {
    if (responses < -1 || responses > 1_000_000) {
      throw new IllegalArgumentException(
          "udp: responses " + responses + " (expected: 0 to 1000000, or -1 for any number)");
    }
    if (retryAfter != null
        && (retryAfter.toMillis() < 10 || retryAfter.compareTo(Duration.ofMinutes(1)) > 0)) {
      throw new IllegalArgumentException(
          "udp: retry after "
              + Durations.format(retryAfter)
              + " (expected: 10 ms to 1 minute, or none)");
    }
  }

  /** As nginx's {@code proxy_responses}. */
  public UdpOptions withResponses(int datagrams) {
    return new UdpOptions(datagrams, retryAfter, joined, passTos);
  }

  public UdpOptions withRetryAfter(@Nullable Duration time) {
    return new UdpOptions(responses, time, joined, passTos);
  }

  public UdpOptions withJoined(boolean on) {
    return new UdpOptions(responses, retryAfter, on, passTos);
  }

  public UdpOptions withPassTos(boolean on) {
    return new UdpOptions(responses, retryAfter, joined, on);
  }

  @Override
  public String toString() {
    return "udp options"
        + (responses < 0 ? "" : " responses " + responses)
        + (retryAfter == null ? "" : " retry after " + Durations.format(retryAfter))
        + (joined ? "" : " datagrams one by one")
        + (passTos ? " passes TOS" : "");
  }
}
