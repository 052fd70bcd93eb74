package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FlowTest {
  @Test
  void ipv4_addresses_are_in_the_low_bits() {
    Flow flow =
        Flow.tcp(
            SocketAddresses.parse("198.51.100.7:40000"), SocketAddresses.parse("192.0.2.10:80"));
    assertThat(flow.isIpv6()).isFalse();
    assertThat(flow.clientHigh()).isZero();
    assertThat(flow.clientLow()).isEqualTo(0xC633_6407L);
    assertThat(flow.destinationLow()).isEqualTo(0xC000_020AL);
    assertThat(flow).hasToString("tcp 198.51.100.7:40000 to 192.0.2.10:80");
  }

  @Test
  void ipv6_addresses_fill_both_halves() {
    Flow flow =
        Flow.udp(
                SocketAddresses.parse("[2001:db8::1:2]:5353"),
                SocketAddresses.parse("[ff00:1::9]:53"))
            .withMark(7);
    assertThat(flow.isIpv6()).isTrue();
    assertThat(flow.clientHigh()).isEqualTo(0x2001_0db8_0000_0000L);
    assertThat(flow.clientLow()).isEqualTo(0x1_0002L);
    assertThat(flow.destinationHigh()).isEqualTo(0xff00_0001_0000_0000L);
    assertThat(flow.mark()).isEqualTo(7);
    assertThat(flow).hasToString("udp [2001:db8::1:2]:5353 to [ff00:1::9]:53 mark 7");
  }

  @Test
  void a_call_in_the_process_may_know_a_key_only() {
    assertThat(Flow.any()).hasToString("in-process call");
    assertThat(Flow.keyed("ann")).hasToString("in-process call for ann");
    assertThat(Flow.keyed("ann").isAddressed()).isFalse();
  }

  @Test
  void host_names_and_wrong_marks_are_refused() {
    assertThatThrownBy(
            () ->
                Flow.tcp(
                    SocketAddresses.parse("client.example:1"),
                    SocketAddresses.parse("192.0.2.10:80")))
        .hasMessage(
            "client client.example:1 is a host name (expected: an IP address; resolve it first)");
    assertThatThrownBy(() -> Flow.any().withMark(-1))
        .hasMessage("mark -1 (expected: 0 to 4294967295)");
  }
}
