package io.jvs.transport.udp.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, from clients and from servers, something is found or nothing. */
class QuicFuzzTest {
  private static final List<ServerIdFormat> FORMATS =
      List.of(
          ServerIdFormat.plain(ServerIdFormat.ANY, 0, 20),
          ServerIdFormat.plain(0, 1, 1),
          ServerIdFormat.encrypted(2, 3, 4, new byte[16]),
          ServerIdFormat.encrypted(6, 8, 8, new byte[16]),
          ServerIdFormat.encrypted(1, 15, 4, new byte[16]));

  /** The corpus lies in resources, as QuicFuzzTestInputs. */
  @FuzzTest(maxDuration = "5m")
  void any_datagram_has_ids_or_none(byte[] bytes) {
    ByteBuffer datagram = ByteBuffer.allocateDirect(bytes.length + 10);
    datagram.position(5).put(bytes).limit(5 + bytes.length).position(5);
    LongHeader header = LongHeader.read(datagram);
    if (header != null) {
      assertThat(bytes[0]).isNegative();
      assertThat(7 + header.destination().length() + header.source().length())
          .isLessThanOrEqualTo(bytes.length);
    }
    for (int length = 0; length <= ConnectionId.MAX; length++) {
      ConnectionId id = ShortHeader.destination(datagram, length);
      assertThat(id != null).isEqualTo(bytes.length > length && bytes[0] >= 0);
      if (id != null) {
        assertThat(id).hasToString(HexFormat.of().formatHex(bytes, 1, 1 + length));
      }
    }
    for (ServerIdFormat format : FORMATS) {
      byte[] serverId = format.serverId(datagram, header);
      assertThat(serverId == null || bytes.length > format.shortest()).isTrue();
    }
    assertThat(datagram.position()).isEqualTo(5);
    assertThat(datagram.limit()).isEqualTo(5 + bytes.length);
  }

  @Test
  void datagrams_that_are_cut_or_changed_have_ids_or_none() {
    Random random = new Random(7);
    List<byte[]> datagrams =
        List.of(
            HexFormat.of().parseHex("c000000001088394c8f03e5157080000449e7b9aec34"),
            HexFormat.of().parseHex("c1000000010008f067a5502a4262b50040750001"),
            HexFormat.of().parseHex("80000000001411" + "22".repeat(19) + "0433445566"),
            HexFormat.of().parseHex("40504dd2d05a7b0de9b2b9907afb5ecf8cc3" + "77".repeat(30)));
    for (int i = 0; i < 1_000; i++) {
      byte[] datagram = datagrams.get(i % datagrams.size());
      byte[] changed = Arrays.copyOf(datagram, random.nextInt(datagram.length + 1));
      for (int changes = random.nextInt(4); changes > 0 && changed.length > 0; changes--) {
        changed[random.nextInt(Math.min(8, changed.length))] = (byte) random.nextInt(256);
      }
      any_datagram_has_ids_or_none(changed);
    }
  }
}
