package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final InetAddress ANN = SocketAddresses.parseIp("203.0.113.7");
  private static final InetAddress BOB = SocketAddresses.parseIp("203.0.113.8");
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeTicker ticker = new FakeTicker();

  @Test
  void without_limits_all_come_in_and_nobody_counts() {
    Gate gate = gate(ServiceLimits.NONE);
    Pass pass = gate.enter(ANN);
    assertThat(pass.refusal()).isNull();
    assertThat(gate.enter(BOB)).isSameAs(pass);
    assertThat(gate.connections()).isZero();
    pass.leave();
    assertThat(gate.connections()).isZero();
  }

  @Test
  void a_service_has_so_many_connections_and_no_more() {
    Gate gate = gate(new ServiceLimits(2, 0, null, null, null));
    Pass first = gate.enter(ANN);
    gate.enter(BOB);
    assertThat(gate.enter(BOB).refusal()).isEqualTo(Cause.SERVICE_FULL);
    assertThat(gate.connections()).isEqualTo(2);
    assertThat(gate.detail(Cause.SERVICE_FULL, BOB))
        .isEqualTo("2 connections, the limit; no place for 203.0.113.8");
    first.leave();
    assertThat(gate.enter(BOB).refusal()).isNull();
  }

  @Test
  void a_client_has_so_many_connections_and_others_have_theirs() {
    Gate gate = gate(new ServiceLimits(0, 2, null, null, null));
    Pass first = gate.enter(ANN);
    gate.enter(ANN);
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_FULL);
    assertThat(gate.detail(Cause.CLIENT_FULL, ANN))
        .isEqualTo("203.0.113.7 has 2 connections, its limit");
    assertThat(gate.enter(BOB).refusal()).isNull();
    first.leave();
    assertThat(gate.enter(ANN).refusal()).isNull();
    assertThat(gate.connections()).isEqualTo(3);
    assertThat(gate.clients()).isEqualTo(2);
  }

  @Test
  void an_ipv6_client_is_its_network_of_64_bits() {
    Gate gate = gate(new ServiceLimits(0, 1, null, null, null));
    assertThat(gate.enter(SocketAddresses.parseIp("2001:db8:0:1::1")).refusal()).isNull();
    InetAddress neighbour = SocketAddresses.parseIp("2001:db8:0:1:ffff::2");
    assertThat(gate.enter(neighbour).refusal()).isEqualTo(Cause.CLIENT_FULL);
    assertThat(gate.detail(Cause.CLIENT_FULL, neighbour))
        .isEqualTo("2001:db8:0:1::/64 has 1 connections, its limit");
    assertThat(gate.enter(SocketAddresses.parseIp("2001:db8:0:2::1")).refusal()).isNull();
    assertThat(gate.enter(SocketAddresses.parseIp("::1")).refusal()).isNull();
    assertThat(gate.enter(SocketAddresses.parseIp("0.0.0.0")).refusal())
        .as("the same bits in another family are another client")
        .isNull();
  }

  @Test
  void rates_hold_for_the_service_and_for_each_client() {
    Gate gate =
        gate(new ServiceLimits(0, 0, new Rate(10, SECOND, 3), new Rate(1, SECOND, 2), null));
    assertThat(gate.enter(ANN).refusal()).isNull();
    assertThat(gate.enter(ANN).refusal()).isNull();
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_TOO_FAST);
    assertThat(gate.enter(BOB).refusal()).isNull();
    assertThat(gate.enter(BOB).refusal()).isEqualTo(Cause.TOO_FAST);
    assertThat(gate.connections()).as("who is refused is not counted").isEqualTo(3);
    ticker.advance(SECOND);
    assertThat(gate.enter(ANN).refusal()).isNull();
  }

  @Test
  void a_client_that_is_refused_for_its_own_sake_uses_up_nothing_of_the_service() {
    Gate gate = gate(new ServiceLimits(0, 1, Rate.of(2, Duration.ofDays(1)), null, null));
    gate.enter(ANN);
    for (int i = 0; i < 10; i++) {
      assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_FULL);
    }
    assertThat(gate.enter(BOB).refusal()).isNull();
  }

  @Test
  void the_access_list_comes_first() {
    VirtualService service =
        service(new ServiceLimits(1, 0, null, null, null)).toBuilder()
            .access(new AccessList(List.of(), List.of(Network.parse("203.0.113.7"))))
            .build();
    Gate gate = new Gate(service, ticker);
    gate.enter(BOB);
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.NOT_ALLOWED);
    assertThat(gate.detail(Cause.NOT_ALLOWED, ANN))
        .isEqualTo("203.0.113.7 is not let in by the access list");
  }

  @Test
  void an_access_list_alone_counts_nobody() {
    Gate gate =
        new Gate(
            VirtualService.inProcess("web")
                .access(new AccessList(List.of(Network.parse("203.0.113.8")), List.of()))
                .build(),
            ticker);
    assertThat(gate.enter(BOB)).isSameAs(FixedPass.FREE);
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.NOT_ALLOWED);
  }

  @Test
  void new_rules_hold_for_new_connections_and_counts_go_on() {
    Gate gate = gate(new ServiceLimits(0, 5, null, null, null));
    List<Pass> passes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      passes.add(gate.enter(ANN));
    }
    gate.follow(service(new ServiceLimits(0, 3, null, null, null)));
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_FULL);
    passes.remove(0).leave();
    passes.remove(0).leave();
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_FULL);
    passes.remove(0).leave();
    passes.add(gate.enter(ANN));
    assertThat(passes.get(2).refusal()).isNull();
    gate.follow(service(ServiceLimits.NONE));
    assertThat(gate.enter(ANN)).isSameAs(FixedPass.FREE);
    passes.forEach(Pass::leave);
    assertThat(gate.connections()).isZero();
    assertThat(gate.clients()).isZero();
  }

  @Test
  void a_flood_of_addresses_neither_takes_memory_nor_shuts_anybody_out() {
    Gate gate = new Gate(service(new ServiceLimits(0, 1, null, null, null)), ticker, 16);
    List<Pass> passes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      passes.add(gate.enter(SocketAddresses.parseIp("198.51.100." + i)));
    }
    assertThat(passes).allMatch(pass -> pass.refusal() == null);
    assertThat(gate.clients()).isEqualTo(16);
    assertThat(gate.unknownClients()).isEqualTo(84);
    assertThat(gate.connections()).isEqualTo(100);
    assertThat(gate.enter(SocketAddresses.parseIp("198.51.100.3")).refusal())
        .as("who is known stays known")
        .isEqualTo(Cause.CLIENT_FULL);
    passes.forEach(Pass::leave);
    assertThat(gate.connections()).isZero();
    assertThat(gate.clients()).isZero();
    gate.enter(ANN);
    assertThat(gate.enter(ANN).refusal()).isEqualTo(Cause.CLIENT_FULL);
  }

  @Test
  void clients_are_forgotten_when_their_rate_is_as_new() {
    Gate gate =
        new Gate(service(new ServiceLimits(0, 0, null, Rate.of(1, SECOND), null)), ticker, 16);
    for (int i = 0; i < 16; i++) {
      gate.enter(SocketAddresses.parseIp("198.51.100." + i)).leave();
    }
    assertThat(gate.clients()).isEqualTo(16);
    ticker.advance(SECOND);
    for (int i = 16; i < 32; i++) { // as new ones come, without anybody who asks
      gate.enter(SocketAddresses.parseIp("198.51.100." + i)).leave();
    }
    assertThat(gate.unknownClients()).isZero();
  }

  @Test
  void that_a_service_is_below_its_limits_again_is_said_once() {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getLogger(Gate.class.getName());
    logger.setFilter(
        record -> {
          lines.add(record.getLevel() + " " + record.getMessage());
          return false;
        });
    logger.setLevel(Level.ALL);
    try {
      Gate gate = gate(new ServiceLimits(1, 0, null, null, null));
      Pass inside = gate.enter(ANN);
      gate.enter(BOB);
      gate.enter(BOB);
      inside.leave();
      inside = gate.enter(ANN); // a moment later it may be full again
      assertThat(lines).isEmpty();
      inside.leave();
      ticker.advance(Duration.ofSeconds(5));
      gate.enter(ANN).leave();
      gate.enter(ANN).leave();
      assertThat(lines)
          .containsExactly("INFO web: below its limits again, after 2 refused connections");
    } finally {
      logger.setFilter(null);
      logger.setLevel(null);
    }
  }

  private Gate gate(ServiceLimits limits) {
    return new Gate(service(limits), ticker);
  }

  private static VirtualService service(ServiceLimits limits) {
    return VirtualService.inProcess("web").limits(limits).build();
  }
}
