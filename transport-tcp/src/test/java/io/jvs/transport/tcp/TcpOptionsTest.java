package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TcpOptionsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void listening_has_limits() {
    refused(() -> listening(-1, null, 0, 0), "tcp: backlog -1 (expected: 0 to 1000000)");
    refused(() -> listening(0, null, -1, 0), "tcp: fast open -1 (expected: 0 to 1000000)");
    refused(() -> listening(0, null, 0, 65_536), "tcp: port 65536 (expected: 0 to 65535)");
    for (String device : List.of("", "a b", "a/b", "0123456789abcdef")) {
      refused(
          () -> listening(0, device, 0, 0),
          "tcp: device '" + device + "' (expected: the name of a network device, such as eth0)");
    }
    assertThatNoException()
        .isThrownBy(() -> listening(1_000_000, "0123456789abcde", 1_000_000, 65_535));
  }

  @Test
  void a_port_of_its_own_is_for_tproxy_of_one_family() {
    refused(
        () -> new TcpOptions.Listening(0, null, false, 0, false, 50_080),
        "tcp: port 50080 to listen on without transparent (expected: both, since it is TPROXY that"
            + " sends clients there)");
    refused(
        () -> new TcpOptions.Listening(0, null, true, 0, true, 50_080),
        "tcp: port 50080 to listen on and dual (expected: a service of each family, each with a"
            + " port of its own)");
  }

  @Test
  void options_of_sockets_have_limits() {
    refused(() -> sockets(null, -1, 0), "tcp: send buffer -1 (expected: 0 to 1073741824)");
    refused(() -> sockets(null, 0, -1), "tcp: receive buffer -1 (expected: 0 to 1073741824)");
    refused(() -> sockets(Duration.ZERO, 0, 0), "tcp: user timeout 0s (expected: 1ms to 1d)");
    refused(
        () -> sockets(Duration.ofHours(25), 0, 0), "tcp: user timeout 25h (expected: 1ms to 1d)");
    assertThatNoException().isThrownBy(() -> sockets(Duration.ofDays(1), 1 << 30, 1 << 30));
  }

  @Test
  void keep_alive_has_limits() {
    Duration most = Duration.ofSeconds(32_767);
    Duration more = Duration.ofSeconds(32_768);
    refused(() -> keepAlive(Duration.ZERO, SECOND, 1), "tcp: keep-alive idle 0s");
    refused(() -> keepAlive(more, SECOND, 1), "tcp: keep-alive idle 32768s");
    refused(() -> keepAlive(SECOND, more, 1), "tcp: keep-alive interval 32768s");
    refused(() -> keepAlive(SECOND, SECOND, 0), "tcp: keep-alive count 0 (expected: 1 to 127)");
    refused(() -> keepAlive(SECOND, SECOND, 128), "tcp: keep-alive count 128");
    refused(
        () -> keepAlive(Duration.ofMillis(1500), SECOND, 3),
        "tcp: keep-alive idle 1500ms (expected: whole seconds)");
    refused(
        () -> keepAlive(SECOND, Duration.ofMillis(1500), 3),
        "tcp: keep-alive interval 1500ms (expected: whole seconds)");
    assertThatNoException().isThrownBy(() -> keepAlive(most, most, 127));
  }

  @Test
  void sources_are_single_addresses_each_once() {
    refused(
        () -> sources(false, "10.0.0.1", "10.0.0.1"),
        "tcp: outgoing sources [10.0.0.1, 10.0.0.1] (expected: each once, since they are used in"
            + " turn)");
    refused(
        () -> sources(false, "0.0.0.0"),
        "tcp: outgoing source 0.0.0.0 (expected: a single address)");
    refused(
        () -> sources(false, "224.0.0.1"),
        "tcp: outgoing source 224.0.0.1 (expected: a single address)");
    refused(
        () -> sources(true, "10.0.0.1"),
        "tcp: outgoing sources [10.0.0.1] and the client's address (expected: one of the two)");
    assertThatNoException().isThrownBy(() -> sources(false, "10.0.0.1", "2001:db8::1"));
  }

  @Test
  void proxy_headers_and_first_bytes_have_limits() {
    refused(() -> new TcpOptions.ProxyHeader(3, false, false, false), "tcp: PROXY version 3");
    refused(
        () -> new TcpOptions.ProxyHeader(1, false, false, true),
        "tcp: PROXY version 1 has no room for authority, uniqueId and checksum (expected: version"
            + " 2)");
    refused(() -> firstBytes(Duration.ZERO, 64), "tcp: first bytes patience 0s");
    refused(() -> firstBytes(Duration.ofSeconds(61), 64), "tcp: first bytes patience 61s");
    refused(() -> firstBytes(SECOND, 63), "tcp: first bytes at most 63 (expected: 64 to 65536)");
    refused(() -> firstBytes(SECOND, 65_537), "tcp: first bytes at most 65537");
  }

  /** The parts have constants too, and any of them may be the first that a program touches. */
  @Test
  void the_defaults_are_whole() {
    assertThat(TcpOptions.DEFAULT.clientSockets()).isEqualTo(TcpOptions.SocketOptions.DEFAULT);
    assertThat(TcpOptions.DEFAULT.listening()).isEqualTo(TcpOptions.Listening.DEFAULT);
    assertThat(TcpOptions.DEFAULT).hasToString("tcp options");
  }

  private static void refused(ThrowingCallable constructor, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(constructor)
        .satisfies(refusal -> assertThat(refusal.getMessage()).startsWith(message));
  }

  private static TcpOptions.Listening listening(
      int backlog, @Nullable String device, int fastOpen, int port) {
    return new TcpOptions.Listening(backlog, device, false, fastOpen, true, port);
  }

  private static TcpOptions.SocketOptions sockets(
      @Nullable Duration userTimeout, int send, int receive) {
    return new TcpOptions.SocketOptions(null, userTimeout, send, receive);
  }

  private static TcpOptions.KeepAlive keepAlive(Duration idle, Duration interval, int count) {
    return new TcpOptions.KeepAlive(idle, interval, count);
  }

  private static TcpOptions.Outgoing sources(boolean clientAddress, String... sources) {
    return new TcpOptions.Outgoing(
        Stream.of(sources).map(SocketAddresses::parseIp).toList(), clientAddress);
  }

  private static TcpOptions.FirstBytes firstBytes(Duration patience, int atMost) {
    return new TcpOptions.FirstBytes(TcpOptions.FirstBytes.What.SNI, patience, atMost);
  }

  @Test
  void what_was_given_is_what_it_says() throws Exception {
    assertThat(TcpOptions.DEFAULT).hasToString("tcp options");
    assertThat(
            TcpOptions.DEFAULT
                .withListening(new TcpOptions.Listening(64, "eth0", false, 0, true, 50_080))
                .withSockets(
                    new TcpOptions.SocketOptions(
                        new TcpOptions.KeepAlive(Duration.ofSeconds(30), Duration.ofSeconds(5), 3),
                        Duration.ofSeconds(20),
                        0,
                        4096),
                    TcpOptions.SocketOptions.DEFAULT)
                .withOutgoing(
                    new TcpOptions.Outgoing(List.of(InetAddress.getByName("192.0.2.1")), false)))
        .hasToString(
            "tcp options listening backlog 64, device eth0, transparent, port 50080"
                + " client sockets keep-alive after 30s, every 5s, 3 times, user timeout 20s,"
                + " receive buffer 4096 outgoing sources [192.0.2.1]");
  }
}
