package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.network.WithoutRights;
import org.junit.jupiter.api.Test;

/** What a process without rights is told, in one of its own. */
class RightsTest {
  private static final String WAY_OUT =
      "operation not permitted (way out: the right CAP_NET_ADMIN or CAP_NET_RAW, as root has, or"
          + " leave it out)";

  /** What can be had without is carried; its clients hear nothing by ICMP. */
  @Test
  void a_missing_right_is_told_when_the_service_is_applied() throws Exception {
    assertThat(WithoutRights.run(RightsProgram.class))
        .containsExactly(
            "virtual service 'web': udp.listening.transparent: " + WAY_OUT,
            "virtual service 'web': udp.outgoing.clientAddress: " + WAY_OUT,
            "applied",
            "refused 1, told 0");
  }
}
