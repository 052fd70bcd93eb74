package io.jvs.checks.icmp;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.concurrent.CompletionStage;

/**
 * The machine answers an ICMP echo request: keepalived's {@code PING_CHECK}, ldirectord's {@code
 * ping}. One request for each try; how many may be lost is for the check's {@code fall} to say.
 *
 * <p>Uses Linux's ping sockets, which need no privilege but a group within the range of {@code
 * net.ipv4.ping_group_range}; if they are not permitted, or this is not Linux, the check fails and
 * says so. IPv4 and IPv6. The port does not matter.
 */
public record IcmpEcho() implements ActiveCheck {
  @Override
  public String kind() {
    return "icmp";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return Echo.begin(attempt);
  }

  @Override
  public String toString() {
    return kind();
  }
}
