package io.jvs.model;

import java.time.Duration;

/**
 * How to ask an agent on each real server for its weight and state: haproxy's agent-check.
 *
 * @param target where the agent listens; its port is not 0
 * @param send text sent before the answer is read, or empty; whoever wants a line end writes it
 * @param interval from one question to the next, 100 ms to 1 day
 * @param timeout for connecting and answering, more than 0, at most the interval
 */
public record AgentDeclaration(
    CheckTarget target, String send, Duration interval, Duration timeout) {
  /** Every 2 s, as haproxy. */
  public static AgentDeclaration port(int port) {
    Duration usual = Duration.ofSeconds(2);
    return new AgentDeclaration(CheckTarget.port(port), "", usual, usual);
  }

  public AgentDeclaration {
    if (target.port() == 0) {
      throw new IllegalArgumentException("agent port 0 (expected: 1 to 65535)");
    }
    if (send.length() > 1024) {
      throw new IllegalArgumentException(
          "agent send text of " + send.length() + " characters (expected: at most 1024)");
    }
    if (interval.compareTo(Duration.ofMillis(100)) < 0
        || interval.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "agent interval " + Durations.format(interval) + " (expected: 100 ms to 1 day)");
    }
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(interval) > 0) {
      throw new IllegalArgumentException(
          "agent timeout "
              + Durations.format(timeout)
              + " (expected: more than 0, at most the interval, "
              + Durations.format(interval)
              + ")");
    }
  }

  @Override
  public String toString() {
    return "agent " + target + " every " + Durations.format(interval);
  }
}
