package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.model.Failover;
import io.jvs.model.Failover.WhenDown;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SlowStart;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Verdicts, adjustments and orders, and what comes of them. */
class ServiceControlTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");
  private static final InetSocketAddress C = SocketAddresses.parse("10.0.0.3:80");
  private static final InetSocketAddress SORRY = SocketAddresses.parse("10.0.0.9:80");

  private final FakeTicker ticker = new FakeTicker();
  private final List<String> events = new ArrayList<>();

  private static VirtualService.Builder three() {
    return VirtualService.inProcess("web")
        .scheduler("wrr")
        .realServer(RealServer.of(A))
        .realServer(RealServer.of(B))
        .realServer(RealServer.of(C));
  }

  private LoadBalancer balancer(VirtualService.Builder service) {
    return LoadBalancer.builder(service.build())
        .ticker(ticker)
        .random(new SplittableRandom(7))
        .listener(event -> events.add(event.toString()))
        .build();
  }

  private static Map<InetSocketAddress, Integer> picks(LoadBalancer balancer, int count) {
    Map<InetSocketAddress, Integer> picks = new HashMap<>();
    for (int i = 0; i < count; i++) {
      if (balancer.admit(Flow.any()) instanceof Connection connection) {
        picks.merge(connection.server().address(), 1, Integer::sum);
        connection.close();
      }
    }
    return picks;
  }

  private static double weight(LoadBalancer balancer, InetSocketAddress server) {
    ServerStatus status = balancer.status(server);
    assertThat(status).isNotNull();
    return status.weight();
  }

  private static String state(LoadBalancer balancer, InetSocketAddress server) {
    ServerStatus status = balancer.status(server);
    assertThat(status).isNotNull();
    return status.state();
  }

  @Test
  void a_server_is_down_while_any_judge_says_so() {
    LoadBalancer balancer = balancer(three());
    balancer.control().judge(A, Judge.CHECKS, "connection refused");
    balancer.control().judge(A, Judge.AGENT, "fail");
    balancer.control().judge(A, Judge.CHECKS, null);
    assertThat(picks(balancer, 30)).doesNotContainKey(A);
    balancer.control().judge(A, Judge.AGENT, null);
    assertThat(picks(balancer, 30)).containsEntry(A, 10);
    assertThat(events)
        .containsExactly(
            "web: 10.0.0.1:80 down (connection refused); 2 of 3 servers left",
            "web: 10.0.0.1:80 up, was down since 2026-01-01T00:00:00Z (fail);"
                + " 3 of 3 servers usable");
  }

  @Test
  void a_down_server_that_is_quiesced_keeps_its_remembered_clients() {
    Persistence persistence = Persistence.sourceAddress(Duration.ofMinutes(5));
    for (WhenDown whenDown : WhenDown.values()) {
      LoadBalancer balancer =
          balancer(three().persistence(persistence).failover(Failover.DEFAULT.whenDown(whenDown)));
      Flow flow =
          Flow.tcp(
              SocketAddresses.parse("192.0.2.1:4000"), SocketAddresses.parse("198.51.100.1:80"));
      InetSocketAddress first = ((Connection) balancer.admit(flow)).server().address();
      balancer.control().judge(first, Judge.CHECKS, "gone");
      InetSocketAddress second = ((Connection) balancer.admit(flow)).server().address();
      assertThat(second.equals(first)).as("%s", whenDown).isEqualTo(whenDown == WhenDown.QUIESCE);
      assertThat(weight(balancer, first)).isEqualTo(whenDown == WhenDown.QUIESCE ? 0 : 1);
      assertThat(state(balancer, first)).isEqualTo("down");
    }
  }

  @Test
  void parts_of_a_weight_of_1_are_shared_out_exactly() {
    LoadBalancer balancer = balancer(three());
    balancer.control().adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.25, "agent"));
    assertThat(weight(balancer, A)).isEqualTo(0.25);
    assertThat(picks(balancer, 225)).isEqualTo(Map.of(A, 25, B, 100, C, 100));
    balancer.control().adjust(A, WeightSource.AGENT, null);
    assertThat(picks(balancer, 30)).isEqualTo(Map.of(A, 10, B, 10, C, 10));
    assertThat(events)
        .containsExactly(
            "web: 10.0.0.1:80 weight 1 -> 0.25, agent: 25 % (agent)",
            "web: 10.0.0.1:80 weight 0.25 -> 1, agent: over");
  }

  @Test
  void a_policy_that_takes_weights_for_numbers_is_given_whole_ones() {
    for (String scheduler : List.of("sh", "lblc", "lblcr", "ovf")) {
      LoadBalancer balancer = balancer(three().scheduler(scheduler));
      balancer.control().adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.25, "agent"));
      Generation now = balancer.generation();
      for (int i = 0; i < now.size(); i++) {
        assertThat(now.weight(i)).as(scheduler).isEqualTo(1);
      }
    }
  }

  @Test
  void sources_multiply_and_an_order_has_the_last_word() {
    LoadBalancer balancer = balancer(three());
    balancer.apply(balancer.service().withWeight(A, 100));
    ServiceControl control = balancer.control();
    control.adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.5, "agent says 50%"));
    control.adjust(A, WeightSource.SLOW_START, WeightAdjustment.factor(0.2, "slow start over 1m"));
    assertThat(weight(balancer, A)).isEqualTo(10);
    control.order(A, Orderer.OPERATOR, AdminOrder.weight(7, "alice", "trying"));
    assertThat(weight(balancer, A)).isEqualTo(7);
    control.order(A, Orderer.OPERATOR, AdminOrder.of(Kind.DRAIN, "alice", "new kernel"));
    assertThat(weight(balancer, A)).isZero();
    assertThat(state(balancer, A)).isEqualTo("drain");

    Explanation explanation = control.explain(A);
    assertThat(explanation.steps())
        .extracting(Explanation.Step::source, Explanation.Step::value, Explanation.Step::reason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "configured", "weight 100", "the definition says so"),
            org.assertj.core.groups.Tuple.tuple("agent", "50 %", "agent says 50%"),
            org.assertj.core.groups.Tuple.tuple("slow-start", "20 %", "slow start over 1m"),
            org.assertj.core.groups.Tuple.tuple("operator", "drain", "new kernel, by alice"));
    assertThat(explanation.conclusion()).contains("its weight is 0");
    assertThat(explanation.chosen()).isFalse();
    assertThat(explanation.history().get(0).toString())
        .isEqualTo("2026-01-01T00:00:00Z operator: drain by alice (new kernel); weight 7 -> 0");

    control.order(A, Orderer.OPERATOR, null);
    assertThat(weight(balancer, A)).isEqualTo(10);
  }

  @Test
  void a_quiesced_server_stays_quiesced_whatever_a_source_wants() {
    LoadBalancer balancer = balancer(three());
    balancer.apply(balancer.service().withWeight(A, 0));
    balancer.control().adjust(A, WeightSource.CHECK, WeightAdjustment.weight(9, "script"));
    assertThat(weight(balancer, A)).isZero();
  }

  @Test
  void maintenance_lets_nothing_in_and_force_up_believes_no_judge() {
    LoadBalancer balancer = balancer(three());
    ServiceControl control = balancer.control();
    control.order(A, Orderer.OPERATOR, AdminOrder.of(Kind.MAINTENANCE, "bob", ""));
    assertThat(state(balancer, A)).isEqualTo("maintenance");
    assertThat(control.isInMaintenance(A)).isTrue();
    control.order(B, Orderer.OPERATOR, AdminOrder.of(Kind.FORCE_UP, "bob", "checks are wrong"));
    control.judge(B, Judge.CHECKS, "status 500");
    assertThat(picks(balancer, 20)).isEqualTo(Map.of(B, 10, C, 10));
    assertThat(state(balancer, B)).isEqualTo("up");
    control.order(C, Orderer.OPERATOR, AdminOrder.of(Kind.FORCE_DOWN, "bob", ""));
    assertThat(picks(balancer, 20)).isEqualTo(Map.of(B, 20));
    assertThat(state(balancer, C)).isEqualTo("down");
    assertThat(control.explain(B).steps())
        .anySatisfy(step -> assertThat(step.value()).contains("not believed: forced up"));
  }

  @Test
  void each_orderer_takes_back_only_its_own_order() {
    LoadBalancer balancer = balancer(three());
    ServiceControl control = balancer.control();
    control.order(A, Orderer.OPERATOR, AdminOrder.of(Kind.DRAIN, "alice", ""));
    control.order(A, Orderer.AGENT, AdminOrder.of(Kind.DRAIN, "agent", "drain"));
    control.order(A, Orderer.AGENT, null);
    assertThat(picks(balancer, 20)).doesNotContainKey(A);
    control.order(A, Orderer.OPERATOR, null);
    assertThat(picks(balancer, 30)).containsKey(A);
  }

  @Test
  void orders_stay_over_changes_of_the_service_and_over_a_restart() {
    LoadBalancer balancer = balancer(three());
    balancer.control().order(A, Orderer.OPERATOR, AdminOrder.of(Kind.DRAIN, "alice", "disk"));
    VirtualService with = balancer.service();
    balancer.apply(
        with.toBuilder().realServers(List.of(RealServer.of(B), RealServer.of(C))).build());
    balancer.apply(with);
    assertThat(state(balancer, A)).isEqualTo("drain");
    balancer.apply(
        with.toBuilder().realServers(List.of(RealServer.of(B), RealServer.of(C))).build());
    ticker.advance(Duration.ofMinutes(5)); // the kernel's trash forgets after two
    balancer.apply(balancer.service().toBuilder().attempts(2).build());
    ticker.advance(Duration.ofMinutes(5));
    balancer.apply(balancer.service().toBuilder().attempts(3).build());
    balancer.apply(with);
    assertThat(state(balancer, A)).as("as a new server").isEqualTo("drain");

    LoadBalancer next = balancer(three());
    next.control().restore(balancer.control().orders());
    assertThat(state(next, A)).isEqualTo("drain");
    assertThat(next.control().orders()).isEqualTo(balancer.control().orders());
  }

  @Test
  void an_order_about_a_server_that_is_not_there_is_refused_with_the_way_out() {
    LoadBalancer balancer = balancer(three());
    assertThatThrownBy(
            () ->
                balancer
                    .control()
                    .order(SORRY, Orderer.OPERATOR, AdminOrder.of(Kind.DRAIN, "alice", "")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "virtual service 'web': no real server 10.0.0.9:80 (expected: one of [10.0.0.1:80,"
                + " 10.0.0.2:80, 10.0.0.3:80])");
    assertThatThrownBy(() -> balancer.control().explain(SORRY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no real server 10.0.0.9:80");
  }

  @Test
  void wrong_orders_and_adjustments_are_refused_with_the_way_out() {
    assertThatThrownBy(() -> AdminOrder.weight(-1, "alice", ""))
        .hasMessage("weight with weight -1 (expected: 0 to 65535)");
    assertThatThrownBy(() -> AdminOrder.of(Kind.DRAIN, " ", ""))
        .hasMessage("drain by nobody (expected: who orders it, such as a login name)");
    assertThatThrownBy(() -> AdminOrder.of(Kind.FORCE_UP, "alice", "").deadline(Instant.EPOCH))
        .hasMessage(
            "force-up with a deadline (expected: drain or maintenance, whose connections end"
                + " then)");
    assertThatThrownBy(() -> WeightAdjustment.factor(-0.1, "x"))
        .hasMessage("weight factor -0.1 of 'x' (expected: 0 to 10)");
    assertThatThrownBy(() -> WeightAdjustment.weight(70_000, "x"))
        .hasMessage("weight 70000.0 of 'x' (expected: 0 to 65535)");
    LoadBalancer balancer = balancer(three());
    assertThatThrownBy(() -> balancer.control().adjust(A, WeightSource.LIMIT, null))
        .hasMessageContaining("expected: another source");
  }

  @Test
  void when_too_few_are_up_all_are_used_and_it_is_said() {
    LoadBalancer balancer = balancer(three().failover(Failover.DEFAULT.panicPercent(50)));
    balancer.control().judge(A, Judge.CHECKS, "gone");
    assertThat(picks(balancer, 20)).isEqualTo(Map.of(B, 10, C, 10));
    balancer.control().judge(B, Judge.CHECKS, "gone");
    assertThat(balancer.control().isPanic()).isTrue();
    assertThat(picks(balancer, 30)).isEqualTo(Map.of(A, 10, B, 10, C, 10));
    assertThat(balancer.control().explain(A).steps())
        .anySatisfy(step -> assertThat(step.value()).contains("not believed: too few"));
    balancer.control().judge(B, Judge.CHECKS, null);
    assertThat(picks(balancer, 20)).isEqualTo(Map.of(B, 10, C, 10));
    assertThat(events)
        .contains(
            "web: panic, 1 of 3 servers are up (threshold 50 %); all are used, whatever checks"
                + " say",
            "web: panic is over, 2 of 3 servers are up (threshold 50 %); those that are down get"
                + " nothing new");
  }

  @Test
  void drained_servers_are_no_reason_to_panic() {
    LoadBalancer balancer = balancer(three().failover(Failover.DEFAULT.panicPercent(60)));
    balancer.control().order(A, Orderer.OPERATOR, AdminOrder.of(Kind.DRAIN, "alice", ""));
    balancer.control().order(B, Orderer.OPERATOR, AdminOrder.of(Kind.MAINTENANCE, "alice", ""));
    assertThat(balancer.control().isPanic()).isFalse();
    assertThat(picks(balancer, 10)).isEqualTo(Map.of(C, 10));
  }

  @Test
  void without_a_quorum_the_fallback_answers_and_hysteresis_holds_it() {
    LoadBalancer balancer =
        balancer(
            three()
                .realServer("10.0.0.4:80")
                .fallback(RealServer.of(SORRY))
                .failover(Failover.DEFAULT.quorum(3, 1)));
    ServiceControl control = balancer.control();
    control.judge(A, Judge.CHECKS, "gone");
    control.judge(B, Judge.CHECKS, "gone");
    assertThat(control.isWithoutQuorum()).as("2 is not below 3 - 1").isFalse();
    control.judge(C, Judge.CHECKS, "gone");
    assertThat(control.isWithoutQuorum()).isTrue();
    assertThat(picks(balancer, 10)).isEqualTo(Map.of(SORRY, 10));
    RealServer picked = balancer.pick(Flow.any());
    assertThat(picked).isNotNull();
    assertThat(picked.address()).isEqualTo(SORRY);
    control.judge(C, Judge.CHECKS, null);
    control.judge(B, Judge.CHECKS, null);
    assertThat(control.isWithoutQuorum()).as("3 is below 3 + 1").isTrue();
    control.judge(A, Judge.CHECKS, null);
    assertThat(picks(balancer, 40)).doesNotContainKey(SORRY);
    assertThat(events)
        .contains(
            "web: quorum lost, weight 1 is up (quorum 3); the fallback 10.0.0.9:80 answers",
            "web: quorum regained, weight 4 is up (quorum 3); real servers are used");
  }

  @Test
  void a_lost_quorum_without_a_fallback_says_so_in_each_refusal() {
    LoadBalancer balancer = balancer(three().failover(Failover.DEFAULT.quorum(3, 0)));
    balancer.control().judge(A, Judge.CHECKS, "gone");
    Refused refused = (Refused) balancer.admit(Flow.any());
    assertThat(refused.cause()).isEqualTo(Refused.Cause.NO_QUORUM);
    assertThat(balancer.pick(Flow.any())).isNull();
    assertThat(balancer.refused(Refused.Cause.NO_QUORUM)).isEqualTo(2);
  }

  @Test
  void connections_of_a_server_that_dies_are_reset_if_asked() {
    LoadBalancer balancer = balancer(three().failover(Failover.DEFAULT.resetConnections(true)));
    Connection open = (Connection) balancer.admit(Flow.any());
    balancer.control().judge(open.server().address(), Judge.CHECKS, "gone");
    assertThat(events)
        .contains("web: 1 connections of " + open.server().name() + " are reset (down: gone)");
  }

  @Test
  void a_server_on_trial_gets_one_connection_until_there_is_a_verdict() {
    LoadBalancer balancer = balancer(three());
    ServiceControl control = balancer.control();
    control.judge(A, Judge.IN_BAND, "5 of 8 calls failed");
    assertThat(picks(balancer, 20)).doesNotContainKey(A);
    control.trial(A);
    assertThat(picks(balancer, 20)).containsEntry(A, 1);
    assertThat(picks(balancer, 20)).doesNotContainKey(A);
    control.trial(A);
    assertThat(picks(balancer, 20)).containsEntry(A, 1);
    control.judge(A, Judge.IN_BAND, null);
    assertThat(picks(balancer, 30)).containsEntry(A, 10);
    control.trial(B);
    assertThat(picks(balancer, 30)).as("nobody is against it").containsEntry(B, 10);
  }

  @Test
  void a_server_on_trial_is_picked_once_too() {
    LoadBalancer balancer = balancer(three());
    balancer.control().judge(A, Judge.IN_BAND, "5 of 8 calls failed");
    balancer.control().trial(A);
    List<InetSocketAddress> picked = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      picked.add(Objects.requireNonNull(balancer.pick(Flow.any())).address());
    }
    assertThat(picked).containsOnlyOnce(A);
  }

  @Test
  void a_trial_of_a_server_that_checks_find_dead_too_gives_it_nothing() {
    LoadBalancer balancer = balancer(three());
    balancer.control().judge(A, Judge.IN_BAND, "5 of 8 calls failed");
    balancer.control().judge(A, Judge.CHECKS, "connection refused");
    balancer.control().trial(A);
    assertThat(picks(balancer, 20)).doesNotContainKey(A);
  }

  @Test
  void an_agents_connection_limit_stands_instead_of_the_configured_one() {
    LoadBalancer balancer = balancer(three().scheduler("rr"));
    balancer.control().limit(A, 2, "agent says maxconn:2");
    List<Connection> open = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      open.add((Connection) balancer.admit(Flow.any()));
    }
    assertThat(open.stream().filter(c -> c.server().address().equals(A))).hasSize(2);
    assertThat(state(balancer, A)).isEqualTo("full");
    balancer.control().limit(A, null, "agent takes it back");
    assertThat(state(balancer, A)).isEqualTo("up");
  }

  @Test
  void a_warning_is_told_once_and_shown_until_it_is_over() {
    LoadBalancer balancer = balancer(three());
    balancer.control().warn(A, "tls", "the certificate expires in 6 days");
    balancer.control().warn(A, "tls", "the certificate expires in 6 days");
    ServerStatus status = balancer.status(A);
    assertThat(status).isNotNull();
    assertThat(status.warnings()).containsEntry("tls", "the certificate expires in 6 days");
    balancer.control().warn(A, "tls", null);
    assertThat(events)
        .containsExactly(
            "web: 10.0.0.1:80 tls: warning: the certificate expires in 6 days",
            "web: 10.0.0.1:80 tls: nothing to warn of any more");
  }

  @Test
  void the_history_of_a_server_is_bounded() {
    LoadBalancer balancer = balancer(three());
    for (int i = 0; i < 100; i++) {
      balancer.control().judge(A, Judge.CHECKS, i % 2 == 0 ? "gone " + i : null);
    }
    List<Explanation.Change> history = balancer.control().explain(A).history();
    assertThat(history).hasSize(32);
    assertThat(history.get(0).toString())
        .isEqualTo("2026-01-01T00:00:00Z checks: up; is used with weight 1");
    assertThat(history.get(1).cause()).isEqualTo("checks: down (gone 98)");
  }

  @Test
  void a_server_that_comes_back_where_somebody_ramps_begins_with_the_minimum() {
    LoadBalancer balancer = balancer(three().slowStart(SlowStart.over(Duration.ofMinutes(1))));
    balancer.control().ramped(true);
    balancer.control().judge(A, Judge.CHECKS, "gone");
    balancer.control().judge(A, Judge.CHECKS, null);
    assertThat(weight(balancer, A)).isEqualTo(0.1);
  }

  @Test
  void who_is_down_leaves_its_share_of_a_hash_to_the_others() {
    for (String scheduler : List.of("sh", "mh")) {
      LoadBalancer balancer = balancer(three().scheduler(scheduler));
      balancer.control().judge(A, Judge.CHECKS, "gone");
      for (int i = 0; i < 500; i++) {
        Flow flow =
            Flow.tcp(
                SocketAddresses.parse("192.0.2." + i % 256 + ":" + (4000 + i)),
                SocketAddresses.parse("198.51.100.1:80"));
        assertThat(balancer.admit(flow)).as(scheduler).isInstanceOf(Connection.class);
      }
      balancer.control().judge(B, Judge.CHECKS, "gone");
      balancer.control().judge(C, Judge.CHECKS, "gone");
      balancer.control().judge(A, Judge.CHECKS, null);
      assertThat(picks(balancer, 5)).isEqualTo(Map.of(A, 5));
    }
  }

  @Test
  void who_is_down_leaves_its_turns_to_all_others_alike() {
    for (String scheduler : List.of("rr", "wrr", "swrr", "p2c")) {
      VirtualService.Builder service = VirtualService.inProcess("web").scheduler(scheduler);
      List<InetSocketAddress> servers = new ArrayList<>();
      for (int i = 1; i <= 10; i++) {
        servers.add(SocketAddresses.parse("10.0.0." + i + ":80"));
        service.realServer(RealServer.of(servers.get(i - 1)));
      }
      LoadBalancer balancer = balancer(service);
      for (InetSocketAddress each : servers.subList(0, 6)) {
        balancer.control().judge(each, Judge.CHECKS, "gone");
      }
      Map<InetSocketAddress, Integer> picks = picks(balancer, 4000);
      for (InetSocketAddress each : servers.subList(6, 10)) {
        // p2c is chance, and after four draws in vain takes the next: 13 % of draws favour some
        assertThat(picks.get(each)).as("%s: %s", scheduler, picks).isBetween(700, 1300);
      }
    }
  }

  @Test
  void without_any_server_a_call_can_be_answered_in_this_process() {
    LoadBalancer balancer = balancer(three());
    assertThat(balancer.call(Flow.any(), RealServer::name, refused -> "sorry"))
        .isNotEqualTo("sorry");
    for (InetSocketAddress each : List.of(A, B, C)) {
      balancer.control().judge(each, Judge.CHECKS, "gone");
    }
    String answer =
        balancer.call(Flow.any(), RealServer::name, refused -> "sorry, " + refused.cause());
    assertThat(answer).isEqualTo("sorry, all-down");
  }
}
