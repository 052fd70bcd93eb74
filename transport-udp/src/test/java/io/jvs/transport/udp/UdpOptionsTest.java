package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.jvs.model.SocketAddresses;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class UdpOptionsTest {
  @Test
  void numbers_have_limits() {
    refused(() -> UdpOptions.DEFAULT.withResponses(-2), "udp: responses -2 (expected: 0 to");
    refused(() -> UdpOptions.DEFAULT.withResponses(1_000_001), "udp: responses 1000001");
    refused(
        () -> UdpOptions.DEFAULT.withRetryAfter(Duration.ofMillis(9)),
        "udp: retry after 9ms (expected: 10 ms to 1 minute, or none)");
    refused(() -> UdpOptions.DEFAULT.withRetryAfter(Duration.ofSeconds(61)), "udp: retry after 61");
    assertThatNoException()
        .isThrownBy(() -> UdpOptions.DEFAULT.withRetryAfter(Duration.ofMinutes(1)));
  }

  @Test
  void listening_has_limits() {
    refused(() -> listening(null, -1, 0), "udp: receive buffer -1 (expected: 0 to 1073741824)");
    refused(() -> listening(null, 0, 65_536), "udp: port 65536 (expected: 0 to 65535)");
    for (String device : List.of("", "a b", "a/b", "0123456789abcdef")) {
      refused(
          () -> listening(device, 0, 0),
          "udp: device '" + device + "' (expected: the name of a network device, such as eth0)");
    }
    assertThatNoException().isThrownBy(() -> listening("0123456789abcde", 1 << 30, 65_535));
  }

  @Test
  void a_port_of_its_own_is_for_tproxy_of_one_family() {
    refused(
        () -> new UdpOptions.Listening(null, false, 0, false, 50_080),
        "udp: port 50080 to listen on without transparent (expected: both, since it is TPROXY that"
            + " sends clients there)");
    refused(
        () -> new UdpOptions.Listening(null, true, 0, true, 50_080),
        "udp: port 50080 to listen on and dual (expected: a service of each family, each with a"
            + " port of its own)");
  }

  @Test
  void sources_are_single_addresses_each_once() {
    refused(
        () -> sources(false, "10.0.0.1", "10.0.0.1"),
        "udp: outgoing sources [10.0.0.1, 10.0.0.1] (expected: each once, since they are used in"
            + " turn)");
    refused(() -> sources(false, "::"), "udp: outgoing source :: (expected: a single address)");
    refused(() -> sources(false, "224.0.0.1"), "udp: outgoing source 224.0.0.1");
    refused(
        () -> sources(true, "10.0.0.1"),
        "udp: outgoing sources [10.0.0.1] and the client's address (expected: one of the two)");
    assertThatNoException().isThrownBy(() -> sources(false, "10.0.0.1", "2001:db8::1"));
  }

  /** The parts have constants too, and any of them may be the first that a program touches. */
  @Test
  void the_defaults_are_whole() {
    assertThat(UdpOptions.DEFAULT.listening()).isEqualTo(UdpOptions.Listening.DEFAULT);
    assertThat(UdpOptions.DEFAULT.outgoing()).isEqualTo(UdpOptions.Outgoing.DEFAULT);
    assertThat(UdpOptions.DEFAULT).hasToString("udp options");
  }

  private static void refused(ThrowingCallable constructor, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(constructor)
        .satisfies(refusal -> assertThat(refusal.getMessage()).startsWith(message));
  }

  private static UdpOptions.Listening listening(@Nullable String device, int buffer, int port) {
    return new UdpOptions.Listening(device, false, buffer, true, port);
  }

  private static UdpOptions.Outgoing sources(boolean clientAddress, String... sources) {
    return new UdpOptions.Outgoing(
        Stream.of(sources).map(SocketAddresses::parseIp).toList(), clientAddress);
  }

  @Test
  void what_was_given_is_what_it_says() {
    assertThat(UdpOptions.DEFAULT).hasToString("udp options");
    assertThat(
            UdpOptions.DEFAULT
                .withResponses(1)
                .withListening(new UdpOptions.Listening("eth0", true, 4096, false, 0))
                .withOutgoing(new UdpOptions.Outgoing(List.of(), true)))
        .hasToString(
            "udp options responses 1 listening device eth0, dual, receive buffer 4096"
                + " outgoing the client's address");
  }
}
