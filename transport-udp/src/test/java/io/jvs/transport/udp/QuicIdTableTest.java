package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.persistence.Template;
import io.jvs.transport.udp.quic.ConnectionId;
import io.jvs.transport.udp.quic.LongHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuicIdTableTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:443");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:443");

  private final AtomicLong nanos = new AtomicLong();
  private final Counts counts = new Counts();

  private QuicIdTable table(int maximum) {
    VirtualService service =
        VirtualService.udp(SocketAddresses.parse("192.0.2.10:443"))
            .name("web")
            .timeouts(Rig.idle(Duration.ofSeconds(100)))
            .build();
    return new QuicIdTable(service, maximum, counts, nanos::get);
  }

  private static ConnectionId id(int number) {
    byte[] packet = QuicPackets.longHeader(String.format("%016x", number), "");
    return Objects.requireNonNull(LongHeader.read(ByteBuffer.wrap(packet))).destination();
  }

  private void pass(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void an_id_that_a_flow_holds_is_known_for_as_long_as_that_lasts() {
    QuicIdTable table = table(10);
    Template<InetSocketAddress> held = Objects.requireNonNull(table.hold(id(1), A));
    for (int i = 0; i < 50; i++) {
      pass(99);
      assertThat(table.server(id(1))).isEqualTo(A);
    }
    table.release(held);
    pass(59);
    assertThat(table.server(id(1))).isEqualTo(A);
    pass(2);
    assertThat(table.server(id(1))).isNull();
  }

  @Test
  void an_id_without_a_flow_is_known_for_as_long_as_a_flow_may_be_idle() {
    QuicIdTable table = table(10);
    Template<InetSocketAddress> held = Objects.requireNonNull(table.hold(id(1), A));
    pass(50);
    table.release(held);
    pass(99);
    assertThat(table.server(id(1))).isEqualTo(A);
    pass(2);
    assertThat(table.server(id(1))).isNull();
  }

  @Test
  void the_latest_server_has_an_id() {
    QuicIdTable table = table(10);
    Template<InetSocketAddress> first = Objects.requireNonNull(table.hold(id(1), A));
    Template<InetSocketAddress> second = Objects.requireNonNull(table.hold(id(1), B));
    assertThat(table.server(id(1))).isEqualTo(B);
    table.release(first);
    assertThat(table.server(id(1))).isEqualTo(B);
    table.release(second);
    assertThat(counts.quicIds.get()).isEqualTo(1);
  }

  @Test
  void no_more_are_known_than_may_be_and_those_of_flows_stay() {
    QuicIdTable table = table(100);
    List<Template<InetSocketAddress>> held = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      held.add(Objects.requireNonNull(table.hold(id(i), A)));
    }
    for (int i = 1_000; i < 2_000; i++) {
      Template<InetSocketAddress> passing = table.hold(id(i), B);
      assertThat(counts.quicIds.get()).isLessThanOrEqualTo(100);
      if (passing != null) {
        table.release(passing);
      }
    }
    assertThat(counts.quicIdsEvicted.sum()).isGreaterThanOrEqualTo(960);
    for (int i = 0; i < 60; i++) {
      assertThat(table.server(id(i))).isEqualTo(A);
    }
    held.forEach(table::release);
    table.close();
    assertThat(counts.quicIds.get()).isZero();
  }

  @Test
  void short_headers_are_tried_with_the_lengths_that_servers_use() {
    QuicIdTable table = table(10);
    Template<InetSocketAddress> held = Objects.requireNonNull(table.hold(id(1), A));
    ByteBuffer datagram = ByteBuffer.wrap(QuicPackets.shortHeader("0000000000000001"));
    assertThat(table.known(datagram)).isNull();
    table.expect(20);
    assertThat(table.known(datagram)).isNull();
    table.expect(8);
    assertThat(table.known(datagram)).isEqualTo(id(1));
    assertThat(table.known(ByteBuffer.allocate(0))).isNull();
    table.release(held);
  }
}
