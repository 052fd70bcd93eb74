package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Reading;
import io.jvs.proxyprotocol.Tlv;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The reader and the writer of datagrams say what those of core say, which are tested there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PreambleReaderTest {
  private static final InetSocketAddress LOCAL = address("127.0.0.1", 53);

  private final Messages messages = new Messages(1);
  private final PreambleReader reader = new PreambleReader();

  @Test
  void whatever_comes_is_read_as_core_reads_it() {
    Random random = new Random(1);
    int[] seen = new int[3];
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = mutated(random);
      int length = read(bytes);
      if (!startsWithSignature(bytes)) {
        assertThat(length).isZero();
        assertThat(reader.refusal).isNull();
        seen[0]++;
      } else if (HeaderReader.read(ByteBuffer.wrap(bytes), 65_536)
          instanceof Reading.Complete complete) {
        assertThat(length).isEqualTo(complete.length());
        assertThat(reader.refusal).isNull();
        if (complete.header().endpoints() instanceof Endpoints.Inet inet) {
          Named named = new Named(reader);
          assertThat(named.client()).isEqualTo(plain(inet.source()));
          assertThat(named.asked()).isEqualTo(plain(inet.destination()));
        }
        seen[1]++;
      } else {
        assertThat(length).isZero();
        assertThat(reader.refusal).isNotNull();
        seen[2]++;
      }
    }
    assertThat(seen).as("all kinds came").doesNotContain(0);
  }

  @Test
  void what_is_written_is_what_core_writes() {
    Random random = new Random(2);
    for (int i = 0; i < 1_000; i++) {
      boolean ipv6 = random.nextBoolean();
      InetSocketAddress client = random(random, ipv6);
      InetSocketAddress asked = random(random, ipv6);
      ServerAddress from = new ServerAddress(client);
      ServerAddress to = new ServerAddress(asked);
      int length =
          messages.preamble().write(ipv6, from.high, from.low, from.port, to.high, to.low, to.port);
      messages.sent();
      messages.sendPartWithPreamble(0, 0, 0, to, length);
      assertThat(messages.outPayload(0))
          .isEqualTo(
              HeaderWriter.version2(
                  new Header(new Endpoints.Inet(true, client, asked), List.of()), false));
    }
  }

  private int read(byte[] bytes) {
    messages.room(0).put(bytes);
    messages.came(0, false, 0, 0x7F000002, 0, 4711, bytes.length);
    int length = reader.read(messages, 0);
    return length == PreambleReader.UNUSUAL ? reader.readUnusual(messages, 0, LOCAL) : length;
  }

  /** A header, with some of its bytes changed, perhaps cut, perhaps with something behind it. */
  private static byte[] mutated(Random random) {
    boolean ipv6 = random.nextBoolean();
    List<Tlv> tlvs = random.nextInt(4) == 0 ? List.of(Tlv.of(2, "a.test")) : List.of();
    ByteBuffer header =
        HeaderWriter.version2(
            new Header(
                new Endpoints.Inet(
                    random.nextBoolean(), random(random, ipv6), random(random, ipv6)),
                tlvs),
            random.nextInt(4) == 0);
    byte[] bytes = new byte[header.remaining() + random.nextInt(20)];
    header.get(bytes, 0, header.remaining());
    for (int i = random.nextInt(3); i > 0; i--) {
      bytes[random.nextInt(Math.min(bytes.length, 20))] = (byte) random.nextInt(256);
    }
    if (random.nextInt(3) == 0) { // small numbers are where the limits are
      bytes[12 + random.nextInt(4)] = (byte) random.nextInt(64);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static boolean startsWithSignature(byte[] bytes) {
    byte[] local = new byte[16];
    HeaderWriter.version2(Header.LOCAL, false).get(local);
    return bytes.length >= 16 && Arrays.equals(bytes, 0, 12, local, 0, 12);
  }

  private static InetSocketAddress random(Random random, boolean ipv6) {
    byte[] ip = new byte[ipv6 ? 16 : 4];
    random.nextBytes(ip);
    String text =
        ipv6
            ? "2001:db8::%x:%x".formatted(ip[0] & 0xFF, ip[1] & 0xFF)
            : "%d.%d.%d.%d".formatted(ip[0] & 0xFF, ip[1] & 0xFF, ip[2] & 0xFF, ip[3] & 0xFF);
    return address(text, random.nextInt(65_536));
  }

  /** IPv4, if it was dressed as IPv6. */
  private static InetSocketAddress plain(InetSocketAddress address) {
    ServerAddress bits = new ServerAddress(address);
    return SocketAddressMemory.plain(bits.ipv6, bits.high, bits.low, bits.port);
  }

  private static InetSocketAddress address(String ip, int port) {
    return new InetSocketAddress(SocketAddresses.parseIp(ip), port);
  }
}
