package io.jvs.checks.udp;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends a datagram; an ICMP message that nobody is there is a failure. keepalived's {@code
 * UDP_CHECK}.
 *
 * <p>Without a required reply the check waits for such a message, and passes if half of its timeout
 * goes by, half a second at most, without one: so it cannot tell a server that is silent from one
 * that is gone. Any reply ends the wait. With a required reply, the first reply decides; unlike
 * keepalived's, one shorter than the pattern does not fit.
 *
 * @param payload what to send, every digit told; may be empty, as an empty datagram is one
 * @param requireReply whether a reply must come
 * @param reply how the reply must begin, or null for any; only with {@code requireReply}
 * @param minReplyLength in bytes, 0 to {@code maxReplyLength}
 * @param maxReplyLength in bytes, up to {@value MaskedHex#MAX_BYTES}
 */
public record UdpCheck(
    MaskedHex payload,
    boolean requireReply,
    @Nullable MaskedHex reply,
    int minReplyLength,
    int maxReplyLength)
    implements ActiveCheck {
  /** keepalived's. */
  public static final int DEFAULT_MAX_REPLY_LENGTH = 255;

  public UdpCheck {
    if (!payload.isExact()) {
      throw new IllegalArgumentException(
          "udp payload " + payload + " with X (expected: digits; X is for replies only)");
    }
    if (reply != null && !requireReply) {
      throw new IllegalArgumentException(
          "udp reply "
              + reply
              + " that is not required (expected: a required reply, or no pattern)");
    }
    if (minReplyLength < 0 || minReplyLength > maxReplyLength) {
      throw new IllegalArgumentException(
          "udp minimum reply length "
              + minReplyLength
              + " (expected: 0 to the maximum, "
              + maxReplyLength
              + ")");
    }
    if (maxReplyLength > MaskedHex.MAX_BYTES) {
      throw new IllegalArgumentException(
          "udp maximum reply length "
              + maxReplyLength
              + " (expected: at most "
              + MaskedHex.MAX_BYTES
              + ")");
    }
    if (reply != null && reply.length() > maxReplyLength) {
      throw new IllegalArgumentException(
          "udp reply pattern of "
              + reply.length()
              + " bytes (expected: at most the maximum reply length, "
              + maxReplyLength
              + ")");
    }
  }

  /** Passes unless the server's machine says that nobody listens. */
  public static UdpCheck send(String payloadHex) {
    return new UdpCheck(new MaskedHex(payloadHex), false, null, 0, DEFAULT_MAX_REPLY_LENGTH);
  }

  /** A reply must come, and begin like this. */
  public UdpCheck expecting(String replyHex) {
    return new UdpCheck(payload, true, new MaskedHex(replyHex), minReplyLength, maxReplyLength);
  }

  @Override
  public String kind() {
    return "udp";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return new UdpExchange(this, attempt).begin();
  }

  /** What a reply of this form shows. */
  CheckResult judge(byte[] received) {
    int length = received.length;
    if (requireReply && (length < minReplyLength || length > maxReplyLength)) {
      return CheckResult.failed(
          "a reply of "
              + (length > maxReplyLength ? "more than " + maxReplyLength : length)
              + " bytes (expected: "
              + minReplyLength
              + " to "
              + maxReplyLength
              + ")");
    }
    int difference = reply == null ? -1 : reply.difference(received);
    if (reply != null && difference >= 0) {
      return CheckResult.failed(
          "expected a reply like "
              + reply
              + ", got "
              + UdpExchange.hex(received)
              + (difference < length
                  ? ", which differs at byte " + difference
                  : ", which ends at byte " + difference));
    }
    return CheckResult.passed("a reply of " + length + (length == 1 ? " byte" : " bytes"));
  }

  @Override
  public String toString() {
    return "udp " + (payload.length() == 0 ? "empty datagram" : payload.toString());
  }
}
