package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Systems of clients check the sums too ({@link UnreachableClientTest}), but few addresses. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class IcmpPacketTest {
  private final ByteBuffer packet = ByteBuffer.allocate(IcmpPacket.MOST);

  private static FlowKey client(long high, long low, int port) {
    return new FlowKey(high, low, port, 0, 0);
  }

  private int sum(int start, int bytes) {
    int sum = 0;
    for (int at = start; at < start + bytes; at += 2) {
      sum += Short.toUnsignedInt(packet.getShort(at));
      sum = (sum & 0xFFFF) + (sum >>> 16);
    }
    return sum;
  }

  @Test
  void one_of_ipv4_quotes_the_headers_of_the_datagram() {
    IcmpPacket.portUnreachable(packet, false, client(0, 0xC0000207L, 4711), 0, 0xC0000201L, 53);
    assertThat(HexFormat.of().formatHex(packet.array(), 0, packet.remaining()))
        .isEqualTo(
            "45c00038"
                + "00000000"
                + "40010000"
                + "c0000201"
                + "c0000207" // number, sum: kernel
                + "0303"
                + hex(22)
                + "00000000"
                + "4500001c"
                + "00000000"
                + "4011"
                + hex(38)
                + "c0000207"
                + "c0000201"
                + "12670035"
                + "00080000");
  }

  private String hex(int at) {
    return HexFormat.of().toHexDigits(packet.getShort(at));
  }

  @Test
  void all_sums_of_all_addresses_are_right() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      long high = random.nextLong();
      long low = random.nextLong();
      FlowKey client = client(random.nextLong(), random.nextLong(), random.nextInt(65_536));
      IcmpPacket.portUnreachable(packet, false, client, high, low, random.nextInt(65_536));
      assertThat(packet.remaining()).isEqualTo(56);
      assertThat(sum(20, 36)).as("ICMP").isEqualTo(0xFFFF);
      assertThat(sum(28, 20)).as("the header that is quoted").isEqualTo(0xFFFF);

      IcmpPacket.portUnreachable(packet, true, client, high, low, random.nextInt(65_536));
      assertThat(packet.remaining()).isEqualTo(96);
      int pseudo = sum(8, 32) + 56 + 58; // RFC 8200 section 8.1
      int all = pseudo + sum(40, 56);
      all = (all & 0xFFFF) + (all >>> 16);
      assertThat((all & 0xFFFF) + (all >>> 16)).as("ICMP").isEqualTo(0xFFFF);
    }
  }
}
