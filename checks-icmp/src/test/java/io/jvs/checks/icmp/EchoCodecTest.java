package io.jvs.checks.icmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EchoCodecTest {
  private static final byte[] NONCE = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  @Test
  void a_request_is_as_the_rfcs_draw_it() {
    assertThat(hex(EchoCodec.request(false, (short) 0x1234, NONCE)))
        .isEqualTo("0800" + "0000" + "0000" + "1234" + "000102030405060708090a0b0c0d0e0f");
    assertThat(hex(EchoCodec.request(true, (short) 0x1234, NONCE))).startsWith("8000");
  }

  @Test
  void a_nonce_of_another_length_is_refused() {
    assertThatThrownBy(() -> EchoCodec.request(false, (short) 1, new byte[3]))
        .hasMessage("nonce of 3 bytes (expected: 16)");
  }

  @Test
  void only_the_reply_is_one() {
    byte[] reply = reply();
    assertThat(EchoCodec.isReply(reply, false, (short) 1, NONCE)).isTrue();
    assertThat(EchoCodec.isReply(reply, true, (short) 1, NONCE)).isFalse();
    assertThat(EchoCodec.isReply(reply, false, (short) 2, NONCE)).isFalse();
    assertThat(
            EchoCodec.isReply(EchoCodec.request(false, (short) 1, NONCE), false, (short) 1, NONCE))
        .isFalse();
    reply[0] = (byte) 129;
    assertThat(EchoCodec.isReply(reply, true, (short) 1, NONCE)).isTrue();
  }

  @Test
  void a_change_of_any_bit_that_counts_makes_it_another() {
    for (int bit = 0; bit < EchoCodec.LENGTH * 8; bit++) {
      byte[] reply = reply();
      reply[bit / 8] ^= (byte) (1 << (bit % 8));
      boolean counts = bit / 8 < 2 || bit / 8 >= 6; // checksum and identifier are the kernel's
      assertThat(EchoCodec.isReply(reply, false, (short) 1, NONCE))
          .as("bit %d", bit)
          .isEqualTo(!counts);
    }
  }

  @Test
  void no_bytes_upset_it() {
    Random random = new Random(4);
    for (int i = 0; i < 100_000; i++) {
      byte[] packet = new byte[random.nextInt(64)];
      random.nextBytes(packet);
      assertThat(EchoCodec.isReply(packet, random.nextBoolean(), (short) 1, NONCE)).isFalse();
    }
    byte[] reply = reply();
    for (int length = 0; length < reply.length; length++) {
      assertThat(EchoCodec.isReply(Arrays.copyOf(reply, length), false, (short) 1, NONCE))
          .isFalse();
    }
  }

  @Test
  void socket_addresses_are_as_the_kernel_has_them() throws Exception {
    boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    assertThat(hex(EchoCodec.socketAddress(SocketAddresses.parseIp("192.0.2.1"))))
        .isEqualTo((little ? "0200" : "0002") + "0000" + "c0000201" + "0".repeat(16));
    byte[] linkLocal = SocketAddresses.parseIp("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, linkLocal, 3);
    assertThat(hex(EchoCodec.socketAddress(scoped)))
        .isEqualTo(
            (little ? "0a00" : "000a")
                + "0000"
                + "00000000"
                + "fe800000000000000000000000000001"
                + (little ? "03000000" : "00000003"));
  }

  private static byte[] reply() {
    byte[] reply = EchoCodec.request(false, (short) 1, NONCE);
    reply[0] = 0;
    return reply;
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
