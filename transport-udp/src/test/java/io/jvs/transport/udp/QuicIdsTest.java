package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuicIdsTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:443");

  private final Counts counts = new Counts();
  private final QuicRoutes routes = routes();
  private final Messages messages = new Messages(1);

  private QuicRoutes routes() {
    VirtualService service =
        VirtualService.udp(SocketAddresses.parse("192.0.2.10:443"))
            .name("web")
            .transportOptions(UdpOptions.DEFAULT.withQuic(QuicRouting.LEARNED))
            .build();
    return Objects.requireNonNull(QuicRoutes.of(service, null, counts));
  }

  private QuicIds client(String madeUp) {
    QuicIds ids = new QuicIds(routes, ByteBuffer.wrap(QuicPackets.longHeader(madeUp, "")));
    ids.went(A);
    return ids;
  }

  private InetSocketAddress knownAs(String id) {
    ByteBuffer datagram = ByteBuffer.wrap(QuicPackets.shortHeader(id));
    InetSocketAddress server = new QuicIds(routes, datagram).server();
    return server == null ? new InetSocketAddress(0) : server;
  }

  /** The server sends them, of {@code segment} bytes each in one if that is not 0. */
  private void answer(QuicIds ids, int segment, byte[]... datagrams) {
    ByteBuffer room = messages.room(0);
    int start = room.position();
    for (byte[] datagram : datagrams) {
      room.put(datagram);
    }
    messages.came(0, false, 0, 1, 0, 443, room.position() - start);
    ids.answered(messages, 0, segment, A);
  }

  @Test
  void several_answers_that_the_kernel_has_joined_are_all_looked_at() {
    QuicIds ids = client("1111111111111111");
    byte[] first = QuicPackets.shortHeader("99999999");
    byte[] second = QuicPackets.longHeader("", "abababab");
    byte[] third = QuicPackets.longHeader("", "cdcdcdcd");
    byte[] last = {(byte) 0xC0, 0, 0}; // shorter, and cut
    answer(ids, first.length, first, second, third, last);
    assertThat(knownAs("abababab")).isEqualTo(A);
    assertThat(knownAs("cdcdcdcd")).isEqualTo(A);
    assertThat(knownAs("99999999")).isNotEqualTo(A);
  }

  @Test
  void of_many_ids_of_a_flow_the_latest_are_held_and_none_when_it_is_over() {
    QuicIds ids = client("1111111111111111");
    for (int i = 0; i < 100; i++) {
      answer(ids, 0, QuicPackets.longHeader("", String.format("%08x", i)));
      answer(ids, 0, QuicPackets.longHeader("", String.format("%08x", i)));
    }
    assertThat(counts.quicIds.get()).isEqualTo(101);
    assertThat(knownAs("00000063")).isEqualTo(A);
    ids.release();
    ids.release(); // which may be said twice
    assertThat(knownAs("00000063")).isEqualTo(A);
  }

  @Test
  void a_list_of_versions_teaches_nothing() {
    QuicIds ids = client("1111111111111111");
    byte[] versions = QuicPackets.longHeader("", "2222222222222222");
    for (int i = 1; i < 5; i++) {
      versions[i] = 0;
    }
    answer(ids, 0, versions);
    assertThat(counts.quicIds.get()).isEqualTo(1);
  }

  @Test
  void whatever_servers_and_clients_send_the_flow_lives_on() {
    Random random = new Random(9);
    QuicIds ids = client("1111111111111111");
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(70)];
      random.nextBytes(bytes);
      if (bytes.length > 7 && random.nextBoolean()) {
        byte[] header = HexFormat.of().parseHex("c000000001");
        System.arraycopy(header, 0, bytes, 0, 5);
        bytes[5] = (byte) random.nextInt(30);
      }
      answer(ids, random.nextInt(20), bytes);
      ids.asked(ByteBuffer.wrap(bytes), A, i);
      QuicIds other = new QuicIds(routes, ByteBuffer.wrap(bytes));
      other.went(A);
      other.release();
    }
    answer(ids, 0, QuicPackets.longHeader("", "fefefefefefefefefefe"));
    assertThat(knownAs("fefefefefefefefefefe")).isEqualTo(A);
    ids.release();
  }
}
