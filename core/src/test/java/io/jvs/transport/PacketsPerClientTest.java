package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PacketsPerClientTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeTicker ticker = new FakeTicker();

  private Gate gate(Rate rate) {
    return new Gate(service(ServiceLimits.NONE.withPacketsPerClient(rate)), ticker, 16);
  }

  private static VirtualService service(ServiceLimits limits) {
    return VirtualService.inProcess("dns").limits(limits).build();
  }

  /** As a transport knows addresses. */
  private static int send(Gate gate, String ip, int wanted) {
    InetAddress address = SocketAddresses.parseIp(ip);
    ClientAddress bits = ClientAddress.of(address);
    return gate.packets(bits.ipv6(), bits.high(), bits.low(), wanted);
  }

  @Test
  void a_client_may_send_a_burst_and_then_as_the_rate_says() {
    Gate gate = gate(new Rate(10, SECOND, 5));
    assertThat(gate.limitsPackets()).isTrue();
    assertThat(send(gate, "203.0.113.7", 3)).isEqualTo(3);
    assertThat(send(gate, "203.0.113.7", 3)).as("the rest of the burst").isEqualTo(2);
    assertThat(send(gate, "203.0.113.7", 3)).isZero();
    assertThat(send(gate, "203.0.113.8", 3)).as("another client has its own").isEqualTo(3);
    ticker.advance(Duration.ofMillis(250));
    assertThat(send(gate, "203.0.113.7", 3)).isEqualTo(2);
    assertThat(gate.droppedPackets()).isEqualTo(5);
    assertThat(gate.clients()).isEqualTo(2);
    ticker.advance(Duration.ofSeconds(2));
    assertThat(gate.clients()).as("as if they had never come").isZero();
  }

  @Test
  void who_comes_in_does_not_matter() {
    Gate gate = gate(new Rate(1, SECOND, 1));
    assertThat(gate.enter(SocketAddresses.parseIp("203.0.113.7")).refusal()).isNull();
    assertThat(gate.connections()).as("connections have no limit").isZero();
    assertThat(send(gate, "203.0.113.7", 1)).isEqualTo(1);
  }

  @Test
  void an_ipv6_client_is_its_network_and_a_mapped_one_is_ipv4() {
    Gate gate = gate(new Rate(1, SECOND, 2));
    assertThat(send(gate, "2001:db8::1", 1)).isEqualTo(1);
    assertThat(send(gate, "2001:db8::2", 2)).isEqualTo(1);
    assertThat(send(gate, "2001:db8:0:1::1", 2)).isEqualTo(2);
    assertThat(send(gate, "192.0.2.1", 1)).isEqualTo(1);
    assertThat(gate.packets(true, 0, 0xFFFF_C000_0201L, 2)).as("::ffff:192.0.2.1").isEqualTo(1);
    Flow flow =
        Flow.udp(new InetSocketAddress("192.0.2.1", 1), new InetSocketAddress("192.0.2.2", 2));
    assertThat(gate.packets(false, 0, flow.clientLow(), 2)).as("the same bits").isZero();
  }

  @Test
  void a_limit_comes_changes_and_goes_at_any_time() {
    Gate gate = new Gate(service(ServiceLimits.NONE), ticker, 16);
    assertThat(gate.limitsPackets()).isFalse();
    assertThat(send(gate, "203.0.113.7", 1000)).isEqualTo(1000);
    gate.follow(service(ServiceLimits.NONE.withPacketsPerClient(new Rate(10, SECOND, 5))));
    assertThat(send(gate, "203.0.113.7", 1000)).isEqualTo(5);
    gate.follow(service(ServiceLimits.NONE.withPacketsPerClient(new Rate(100, SECOND, 50))));
    ticker.advance(SECOND);
    assertThat(send(gate, "203.0.113.7", 1000)).isEqualTo(50);
    gate.follow(service(ServiceLimits.NONE));
    assertThat(send(gate, "203.0.113.7", 1000)).isEqualTo(1000);
  }

  @Test
  void clients_that_cannot_be_known_are_not_limited() {
    Gate gate = gate(new Rate(1, SECOND, 1));
    for (int i = 0; i < 16; i++) {
      assertThat(send(gate, "203.0.113." + i, 2)).isEqualTo(1);
    }
    assertThat(send(gate, "203.0.113.200", 2)).isEqualTo(2);
    assertThat(send(gate, "203.0.113.3", 1)).as("one that is known").isZero();
  }

  /** Taking several at once is taking one after the other. */
  @Property(tries = 300)
  void trains_count_as_their_packets(
      @ForAll @IntRange(min = 1, max = 1000) int count,
      @ForAll @IntRange(min = 1, max = 200) int burst,
      @ForAll long seed) {
    Pace pace = Objects.requireNonNull(Pace.of(new Rate(count, SECOND, burst)));
    SplittableRandom chance = new SplittableRandom(seed);
    Bucket together = new Bucket();
    Bucket singly = new Bucket();
    long now = 0;
    for (int i = 0; i < 200; i++) {
      now += chance.nextLong(20 * SECOND.toNanos() / count);
      int wanted = chance.nextInt(1, 100);
      int expected = 0;
      for (int k = 0; k < wanted; k++) {
        expected += singly.take(pace, now) ? 1 : 0;
      }
      assertThat(together.take(pace, now, wanted))
          .as("seed %s, step %s", seed, i)
          .isEqualTo(expected);
    }
  }
}
