package io.jvs.transport.udp.quic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the examples of draft-ietf-quic-load-balancers, and against an encoder of its own. */
class ServerIdFormatTest {
  private static final String KEY = "8f95f09245765f80256934e50c66207f";

  private static byte[] bytes(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static ConnectionId id(byte[] bytes) {
    return ConnectionId.read(ByteBuffer.wrap(bytes), 0, bytes.length);
  }

  private static @Nullable String serverId(ServerIdFormat format, String connectionId) {
    byte[] found = format.serverId(id(bytes(connectionId)));
    return found == null ? null : HexFormat.of().formatHex(found);
  }

  @Test
  void server_ids_in_the_clear_lie_behind_the_first_byte() {
    assertThat(serverId(ServerIdFormat.plain(0, 1, 3), "07c4605e4504cc4f")).isEqualTo("c4605e");
    assertThat(new ServerIdEncoder(0, null).encode(bytes("c4605e"), bytes("4504cc4f")))
        .isEqualTo(bytes("07c4605e4504cc4f"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, ed793a, ee080dbf, 0720b1d07b359d3c",
    "1, ed793a51d49b8f5fab65, ee080dbf48, 2fcc381bc74cb4fbad2823a3d1f8fed2",
    "2, ed793a51d49b8f5f, ee080dbf48c0d1e5, 504dd2d05a7b0de9b2b9907afb5ecf8cc3",
    "3, ed793a51d49b8f5fab, ee080dbf48c0d1e55d, 125779c9cc86beb3a3a4a3ca96fce4bfe0cdbc",
  })
  void the_examples_of_the_draft_are_read(
      int rotation, String serverId, String nonce, String connectionId) {
    // The last example says rotation 3, and its first byte says 0: the draft's own slip.
    int shown = Integer.parseInt(connectionId.substring(0, 2), 16) >> 5;
    ServerIdFormat format =
        ServerIdFormat.encrypted(shown, serverId.length() / 2, nonce.length() / 2, bytes(KEY));
    assertThat(serverId(format, connectionId)).isEqualTo(serverId);
    assertThat(HexFormat.of().formatHex(encoded(shown, serverId, nonce))).isEqualTo(connectionId);
    assertThat(rotation == 3 ? 0 : rotation).isEqualTo(shown);
  }

  private static byte[] encoded(int rotation, String serverId, String nonce) {
    return new ServerIdEncoder(rotation, bytes(KEY)).encode(bytes(serverId), bytes(nonce));
  }

  @Test
  void the_worked_example_of_the_draft_is_read() {
    byte[] key = bytes("fdf726a9893ec05c0632d3956680baf0");
    ServerIdFormat format = ServerIdFormat.encrypted(0, 3, 4, key);
    assertThat(serverId(format, "0767947d29be054a")).isEqualTo("31441a");
  }

  @Property(tries = 500)
  void what_a_server_encodes_is_found_whatever_the_lengths(
      @ForAll @Size(min = 1, max = 15) byte[] serverId,
      @ForAll @Size(min = 4, max = 18) byte[] nonce,
      @ForAll @Size(16) byte[] key,
      @ForAll @IntRange(max = 6) int rotation) {
    int room = Math.min(nonce.length, 19 - serverId.length);
    byte[] fitting = Arrays.copyOf(nonce, room);
    byte[] connectionId = new ServerIdEncoder(rotation, key).encode(serverId, fitting);
    ServerIdFormat format =
        ServerIdFormat.encrypted(rotation, serverId.length, fitting.length, key);
    assertThat(format.serverId(id(connectionId))).isEqualTo(serverId);
  }

  @Test
  void an_id_of_another_rotation_or_too_short_says_nothing() {
    ServerIdFormat format = ServerIdFormat.plain(1, 1, 2);
    assertThat(serverId(format, "20abcd")).isEqualTo("abcd");
    assertThat(serverId(format, "3fabcdef01")).isEqualTo("abcd");
    assertThat(serverId(format, "40abcd")).isNull();
    assertThat(serverId(format, "20ab")).isNull();
    assertThat(serverId(format, "")).isNull();
  }

  @Test
  void a_format_for_any_rotation_reads_them_all_at_any_place() {
    ServerIdFormat format = ServerIdFormat.plain(ServerIdFormat.ANY, 0, 2);
    assertThat(serverId(format, "e0abcd")).isEqualTo("e0ab");
    assertThat(serverId(format, "00ab")).isEqualTo("00ab");
  }

  @Test
  void datagrams_with_either_header_name_a_server() {
    ServerIdFormat format = ServerIdFormat.plain(0, 1, 2);
    ByteBuffer shortHeader = ByteBuffer.wrap(bytes("4005abcd99999999"));
    assertThat(format.serverId(shortHeader, null)).isEqualTo(bytes("abcd"));
    ByteBuffer longHeader = ByteBuffer.wrap(bytes("c0000000010405abcd99021111"));
    assertThat(format.serverId(longHeader, Objects.requireNonNull(LongHeader.read(longHeader))))
        .isEqualTo(bytes("abcd"));
    assertThat(format.serverId(ByteBuffer.wrap(bytes("4005ab")), null)).isNull();
  }
}
