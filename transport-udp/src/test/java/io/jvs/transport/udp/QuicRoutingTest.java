package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuicRoutingTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:443");
  private static final String KEY = "8f95f09245765f80256934e50c66207f";

  private static void refused(String message, ThrowingCallable values) {
    assertThatThrownBy(values)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("udp: QUIC" + message);
  }

  private static Map<String, InetSocketAddress> servers(int length) {
    return Map.of("ab".repeat(length), A);
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 0, 20, 0,",
    "0, 19, 1, 0,",
    "6, 1, 19, 0,",
    "0, 1, 1, 4, key",
    "0, 1, 15, 4, key",
    "0, 1, 1, 18, key",
    "3, 1, 8, 8, key",
  })
  void whatever_fits_into_a_connection_id_will_do(
      int rotation, int offset, int length, int nonce, @Nullable String key) {
    QuicServerIds ids =
        new QuicServerIds(
            rotation, offset, length, nonce, key == null ? null : KEY, servers(length));
    assertThat(QuicRouting.by(ids).serverIds()).containsExactly(ids);
  }

  @Test
  void what_does_not_fit_is_refused() {
    refused(
        ": rotation 7 (expected: 0 to 6, or -1 for any)",
        () -> QuicServerIds.plain(7, 1, servers(1)));
    refused(
        ": server ids of 0 bytes (expected: 1 or more)",
        () -> QuicServerIds.plain(0, 0, servers(1)));
    refused(
        ": server ids of 20 bytes from byte 1 on (expected: within the 20 bytes of a connection"
            + " id)",
        () -> QuicServerIds.plain(0, 20, servers(20)));
    refused(
        ": offset 20 (expected: 0 to 19)", () -> new QuicServerIds(0, 20, 1, 0, null, servers(1)));
    refused(
        ": offset 2 with a key (expected: 1)",
        () -> new QuicServerIds(0, 2, 1, 4, KEY, servers(1)));
    refused(
        ": nonce 3 (expected: 4 to 18 bytes)",
        () -> QuicServerIds.encrypted(0, 1, 3, KEY, servers(1)));
    refused(
        ": server id and nonce of 20 bytes (expected: 19 or less)",
        () -> QuicServerIds.encrypted(0, 15, 5, KEY, servers(15)));
    refused(
        ": a key of 4 characters (expected: 32 hexadecimal digits)",
        () -> QuicServerIds.encrypted(0, 1, 4, "beef", servers(1)));
    refused(
        ": no server ids (expected: one for each real server)",
        () -> QuicServerIds.plain(0, 1, Map.of()));
    refused(
        ": server id 'abab' (expected: 2 hexadecimal digits)",
        () -> QuicServerIds.plain(0, 1, servers(2)));
    refused(
        ": server id 'AB' twice (expected: each for one server)",
        () -> QuicServerIds.plain(0, 1, new TreeMap<>(Map.of("AB", A, "ab", A)).descendingMap()));
    refused(
        ": server id 'ab' for web.example:443 (expected: an IP address and port)",
        () -> QuicServerIds.plain(0, 1, Map.of("ab", SocketAddresses.parse("web.example:443"))));
  }

  @Test
  void routing_needs_something_to_go_by_and_rotations_that_differ() {
    refused(" without anything to go by (expected: learned, server ids, or both)", QuicRouting::by);
    refused(
        ": at most 0 connection ids (expected: 1 to 100000000)",
        () -> QuicRouting.LEARNED.withMaximum(0));
    QuicServerIds any = QuicServerIds.plain(QuicServerIds.ANY, 1, servers(1));
    QuicServerIds one = QuicServerIds.plain(1, 1, servers(1));
    QuicServerIds other = QuicServerIds.plain(2, 1, servers(1));
    assertThat(QuicRouting.by(one, other).serverIds()).hasSize(2);
    for (List<QuicServerIds> both : List.of(List.of(one, one), List.of(any, other))) {
      refused(
          ": several forms of server ids for the same connection ids (expected: each with a rotation"
              + " of its own, 0 to 6)",
          () -> new QuicRouting(false, 1, both));
    }
  }

  @Test
  void digits_may_be_written_either_way() {
    assertThat(QuicServerIds.plain(0, 1, Map.of("AB", A)))
        .isEqualTo(QuicServerIds.plain(0, 1, Map.of("ab", A)));
  }

  @Test
  void what_it_says_of_itself_has_no_key() {
    QuicRouting routing =
        QuicRouting.by(QuicServerIds.encrypted(2, 3, 8, KEY, servers(3))).withLearned(true);
    assertThat(UdpOptions.DEFAULT.withQuic(routing))
        .hasToString(
            "udp options QUIC learned, 1 encrypted server ids of 3 bytes from byte 1 on, rotation"
                + " 2");
  }
}
