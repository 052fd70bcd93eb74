package io.jvs.transport.udp.quic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LongHeaderTest {
  /** The client's first packet in RFC 9001, A.2, cut behind the ids and the token's length. */
  private static final String INITIAL = "c000000001088394c8f03e5157080000449e7b9aec34";

  private static ByteBuffer datagram(String digits) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(digits));
  }

  @Test
  void a_clients_first_packet_has_an_id_for_the_server_and_perhaps_none_of_its_own() {
    LongHeader header = LongHeader.read(datagram(INITIAL));
    assertThat(header).isNotNull();
    if (header != null) {
      assertThat(header.version()).isEqualTo(1);
      assertThat(header.destination()).hasToString("8394c8f03e515708");
      assertThat(header.source()).hasToString("");
    }
  }

  /** RFC 9001, A.3. */
  @Test
  void a_servers_first_packet_says_how_it_wants_to_be_called() {
    LongHeader header = LongHeader.read(datagram("c1000000010008f067a5502a4262b50040750001"));
    assertThat(header).isNotNull();
    if (header != null) {
      assertThat(header.destination().length()).isZero();
      assertThat(header.source()).hasToString("f067a5502a4262b5");
    }
  }

  @Test
  void a_packet_that_is_cut_within_its_ids_has_no_header() {
    ByteBuffer whole = datagram(INITIAL);
    for (int length = 0; length < 15; length++) {
      assertThat(LongHeader.read(whole.duplicate().limit(length))).as("%d bytes", length).isNull();
    }
    assertThat(LongHeader.read(whole.duplicate().limit(15))).isNotNull();
  }

  @Test
  void ids_longer_than_those_of_any_version_in_use_are_not_read() {
    assertThat(LongHeader.read(datagram("c0000000fa15" + "11".repeat(21) + "00"))).isNull();
    assertThat(LongHeader.read(datagram("c0000000fa14" + "11".repeat(20) + "00"))).isNotNull();
  }

  @Test
  void a_short_header_has_an_id_of_whatever_length_is_asked_for() {
    ByteBuffer datagram = datagram("00ff" + "4f0102030405060708").position(2);
    assertThat(ShortHeader.destination(datagram, 4)).hasToString("01020304");
    assertThat(ShortHeader.destination(datagram, 8)).hasToString("0102030405060708");
    assertThat(ShortHeader.destination(datagram, 9)).isNull();
    assertThat(ShortHeader.destination(datagram(INITIAL), 8)).isNull();
    assertThat(LongHeader.read(datagram)).isNull();
    assertThat(datagram.position()).isEqualTo(2);
  }

  @Test
  void ids_are_equal_if_all_their_bytes_are() {
    byte[] all = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f10111213");
    ByteBuffer bytes = ByteBuffer.wrap(all);
    for (int length = 0; length <= ConnectionId.MAX; length++) {
      ConnectionId id = ConnectionId.read(bytes, 0, length);
      assertThat(id.toString()).isEqualTo(HexFormat.of().formatHex(all, 0, length));
      assertThat(id).isEqualTo(ConnectionId.read(bytes, 0, length));
      assertThat(id.hashCode()).isEqualTo(ConnectionId.read(bytes, 0, length).hashCode());
      for (int changed = 0; changed < length; changed++) {
        byte[] other = all.clone();
        other[changed] ^= 0x40;
        assertThat(id).isNotEqualTo(ConnectionId.read(ByteBuffer.wrap(other), 0, length));
      }
      if (length > 0) {
        assertThat(id).isNotEqualTo(ConnectionId.read(bytes, 0, length - 1));
      }
    }
  }
}
