package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.Refused.Cause;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadBalancerTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");
  private static final InetSocketAddress C = SocketAddresses.parse("10.0.0.3:80");

  private final FakeTicker ticker = new FakeTicker();
  private final List<String> events = new ArrayList<>();

  private static VirtualService.Builder service(String scheduler) {
    return VirtualService.tcp("192.0.2.10", 80)
        .name("web")
        .scheduler(scheduler)
        .realServer(RealServer.of(A))
        .realServer(RealServer.of(B));
  }

  private LoadBalancer balancer(VirtualService service) {
    return LoadBalancer.builder(service)
        .ticker(ticker)
        .listener(event -> events.add(event.toString()))
        .build();
  }

  private static Flow from(String client) {
    return Flow.tcp(
        SocketAddresses.parse(client + ":40000"), SocketAddresses.parse("192.0.2.10:80"));
  }

  private static Connection open(LoadBalancer balancer, Flow flow) {
    Admission admission = balancer.admit(flow);
    assertThat(admission).isInstanceOf(Connection.class);
    return (Connection) admission;
  }

  private static InetSocketAddress pick(LoadBalancer balancer) {
    try (Connection connection = open(balancer, Flow.any())) {
      return connection.server().address();
    }
  }

  private static Refused refusal(Admission admission) {
    assertThat(admission).isInstanceOf(Refused.class);
    return (Refused) admission;
  }

  private static int active(LoadBalancer balancer, InetSocketAddress server) {
    ServerStatus status = balancer.status(server);
    assertThat(status).isNotNull();
    return status == null ? -1 : status.active();
  }

  @Test
  void a_connection_counts_from_the_choice_to_the_end() {
    LoadBalancer balancer = balancer(service("lc").build());
    Connection connection = open(balancer, Flow.any());
    assertThat(connection.phase()).isEqualTo(Phase.OPENING);
    assertThat(active(balancer, connection.server().address())).isEqualTo(1);
    connection.advance(Phase.ACTIVE);
    assertThat(active(balancer, connection.server().address())).isEqualTo(1);
    connection.advance(Phase.CLOSING);
    assertThat(balancer.status().servers())
        .anySatisfy(server -> assertThat(server.inactive()).isEqualTo(1))
        .allSatisfy(server -> assertThat(server.active()).isZero());
    connection.close();
    connection.close();
    assertThat(connection.advance(Phase.ACTIVE)).isFalse();
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void udp_flows_count_as_inactive() {
    LoadBalancer balancer = balancer(service("lc").build());
    InetSocketAddress client = SocketAddresses.parse("198.51.100.1:5353");
    Connection flow = open(balancer, Flow.udp(client, SocketAddresses.parse("192.0.2.10:80")));
    flow.advance(Phase.ACTIVE);
    assertThat(balancer.status().servers())
        .allSatisfy(server -> assertThat(server.active()).isZero());
    assertThat(balancer.status().connections()).isEqualTo(1);
    flow.advance(Phase.CLOSING);
    flow.close();
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void a_refusal_says_why_server_by_server() {
    RealServer full = RealServer.of(C).withLimits(ConnectionLimits.upTo(1));
    LoadBalancer balancer =
        balancer(service("rr").build().withWeight(A, 0).toBuilder().realServer(full).build());
    open(balancer, Flow.any());
    balancer.markDown(B, "connect refused");
    Refused refused = refusal(balancer.admit(Flow.any()));
    assertThat(refused.cause()).isEqualTo(Cause.NONE_USABLE);
    assertThat(refused)
        .hasToString(
            "web: no real server (none-usable): 10.0.0.3:80 full 1/1; 10.0.0.2:80 down since"
                + " 2026-01-01T00:00:00Z (connect refused); 10.0.0.1:80 quiesced (weight 0)");
    assertThat(balancer.status().refused()).containsEntry(Cause.NONE_USABLE, 1L);
    assertThat(events).last().isEqualTo(refused.toString());
  }

  @Test
  void a_refusal_has_one_cause_for_metrics() {
    assertThat(cause(service("wlc").realServers(List.of()).build())).isEqualTo(Cause.NO_SERVERS);
    assertThat(cause(service("wlc").build().withWeight(A, 0).withWeight(B, 0)))
        .isEqualTo(Cause.ALL_QUIESCED);
    LoadBalancer down = balancer(service("wlc").build());
    down.markDown(A, "x");
    down.markDown(B, "x");
    assertThat(refusal(down.admit(Flow.any())).cause()).isEqualTo(Cause.ALL_DOWN);
    LoadBalancer closed = balancer(service("wlc").build());
    closed.close();
    assertThat(refusal(closed.admit(Flow.any())).cause()).isEqualTo(Cause.CLOSED);
    LoadBalancer picky =
        LoadBalancer.builder(service("never").build())
            .schedulers(Schedulers.builtIn().with(Scheduler.of("never", (s, f) -> -1)))
            .build();
    assertThat(refusal(picky.admit(Flow.any())).cause()).isEqualTo(Cause.NOT_CHOSEN);
  }

  private Cause cause(VirtualService service) {
    return refusal(balancer(service).admit(Flow.any())).cause();
  }

  @Test
  void the_fallback_answers_when_no_other_can() {
    LoadBalancer balancer =
        balancer(
            service("rr").fallback(RealServer.of(C)).build().withWeight(A, 0).withWeight(B, 0));
    assertThat(pick(balancer)).isEqualTo(C);
    balancer.apply(balancer.service().withWeight(A, 1));
    assertThat(pick(balancer)).isEqualTo(A);
  }

  @Test
  void an_unchanged_definition_changes_nothing() {
    LoadBalancer balancer = balancer(service("wrr").build());
    balancer.apply(service("wrr").build());
    assertThat(events).isEmpty();
  }

  @Test
  void counts_survive_every_change_of_the_list() {
    LoadBalancer balancer = balancer(service("wlc").build());
    Connection onB = open(balancer, Flow.any());
    assertThat(onB.server().address()).isEqualTo(B);
    balancer.apply(service("rr").realServer(RealServer.of(C)).build().withWeight(B, 9));
    assertThat(active(balancer, B)).isEqualTo(1);
    onB.close();
    assertThat(active(balancer, B)).isZero();
  }

  @Test
  void a_removed_server_keeps_its_connections_and_gets_its_counts_back_when_it_returns() {
    LoadBalancer balancer = balancer(service("wlc").build());
    Connection onB = open(balancer, Flow.any());
    balancer.apply(service("wlc").realServers(List.of(RealServer.of(A))).build());
    assertThat(balancer.status().removed())
        .singleElement()
        .satisfies(server -> assertThat(server.active()).isEqualTo(1));
    assertThat(balancer.status().connections()).isEqualTo(1);
    assertThat(events).last().isEqualTo("web: 10.0.0.2:80 removed; its 1 connections live on");
    balancer.apply(service("wlc").build());
    assertThat(active(balancer, B)).isEqualTo(1);
    assertThat(balancer.status().removed()).isEmpty();
    onB.close();
    assertThat(active(balancer, B)).isZero();
  }

  @Test
  void an_unused_removed_server_is_forgotten_after_two_minutes() {
    LoadBalancer balancer = balancer(service("wlc").build());
    open(balancer, Flow.any()).close();
    VirtualService withoutB = service("wlc").realServers(List.of(RealServer.of(A))).build();
    balancer.apply(withoutB);
    ticker.advance(Duration.ofMinutes(3));
    balancer.apply(withoutB.withWeight(A, 2)); // changes are when the trash is looked at
    ticker.advance(Duration.ofMinutes(3));
    balancer.apply(withoutB);
    balancer.apply(service("wlc").build());
    ServerStatus status = balancer.status(B);
    assertThat(status).isNotNull();
    assertThat(status == null ? -1 : status.opened()).isZero();
  }

  @Test
  void another_name_or_an_unknown_scheduler_is_refused_before_anything_changes() {
    LoadBalancer balancer = balancer(service("rr").build());
    assertThatThrownBy(() -> balancer.apply(service("rr").name("mail").build()))
        .hasMessage(
            "virtual service 'mail' (expected: a definition of 'web'; make another load balancer"
                + " for another service)");
    assertThatThrownBy(() -> balancer.apply(service("wcl").build()))
        .hasMessage(
            "virtual service 'web': unknown scheduler 'wcl' (expected: one of "
                + Schedulers.builtIn().names()
                + ")");
    assertThat(balancer.service()).isEqualTo(service("rr").build());
    assertThatThrownBy(() -> LoadBalancer.of(service("wcl").build()))
        .hasMessageContaining("unknown scheduler 'wcl'");
  }

  @Test
  void an_edit_reaches_listed_servers_only() {
    LoadBalancer balancer = balancer(service("rr").build());
    balancer.edit(RealServer.of(A).withWeight(7));
    assertThat(balancer.service().realServers().get(0).weight()).isEqualTo(7);
    assertThatThrownBy(() -> balancer.edit(RealServer.of(C)))
        .hasMessage(
            "virtual service 'web': no real server 10.0.0.3:80 to edit (expected: one that is"
                + " listed; add others by apply)");
  }

  @Test
  void a_server_that_is_down_gets_nothing_until_it_is_up() {
    LoadBalancer balancer = balancer(service("rr").build());
    balancer.markDown(B, "3 checks failed: connect timed out");
    balancer.markDown(B, "told again");
    assertThat(pick(balancer)).isEqualTo(A);
    assertThat(pick(balancer)).isEqualTo(A);
    assertThat(events)
        .containsExactly(
            "web: 10.0.0.2:80 down (3 checks failed: connect timed out); 1 of 2 servers left");
    balancer.markUp(B);
    assertThat(List.of(pick(balancer), pick(balancer))).containsExactlyInAnyOrder(A, B);
    balancer.markDown(C, "not ours");
    assertThat(events).hasSize(2);
  }

  @Test
  void a_limit_holds_and_opens_again_at_three_quarters() {
    RealServer limited = RealServer.of(A).withLimits(ConnectionLimits.upTo(4));
    LoadBalancer balancer = balancer(service("rr").realServers(List.of(limited)).build());
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      connections.add(open(balancer, Flow.any()));
    }
    assertThat(refusal(balancer.admit(Flow.any())).cause()).isEqualTo(Cause.ALL_FULL);
    connections.get(0).close();
    assertThat(refusal(balancer.admit(Flow.any())).cause()).isEqualTo(Cause.ALL_FULL);
    connections.get(1).close();
    open(balancer, Flow.any());
  }

  @Test
  void a_client_stays_with_its_server_while_its_template_lives() {
    LoadBalancer balancer = balancer(persistent().build());
    InetSocketAddress first = open(balancer, from("198.51.100.1")).server().address();
    for (int i = 0; i < 5; i++) {
      open(balancer, from("198.51.100.2"));
      assertThat(open(balancer, from("198.51.100.1")).server().address()).isEqualTo(first);
    }
    assertThat(balancer.templates()).isEqualTo(2);
  }

  @Test
  void a_template_outlives_quiescing_but_not_the_servers_removal() {
    LoadBalancer balancer = balancer(persistent().build());
    InetSocketAddress first = open(balancer, from("198.51.100.1")).server().address();
    balancer.apply(persistent().build().withWeight(first, 0));
    assertThat(open(balancer, from("198.51.100.1")).server().address()).isEqualTo(first);
    InetSocketAddress other = first.equals(A) ? B : A;
    balancer.apply(persistent().realServers(List.of(RealServer.of(other))).build());
    assertThat(open(balancer, from("198.51.100.1")).server().address()).isEqualTo(other);
  }

  @Test
  void a_template_of_a_server_that_is_down_is_given_up() {
    LoadBalancer balancer = balancer(persistent().build());
    InetSocketAddress first = open(balancer, from("198.51.100.1")).server().address();
    balancer.markDown(first, "x");
    InetSocketAddress second = open(balancer, from("198.51.100.1")).server().address();
    assertThat(second).isNotEqualTo(first);
    balancer.markUp(first);
    assertThat(open(balancer, from("198.51.100.1")).server().address()).isEqualTo(second);
    assertThat(balancer.status().servers())
        .extracting(ServerStatus::templates)
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void without_persistence_templates_are_gone() {
    LoadBalancer balancer = balancer(persistent().build());
    open(balancer, from("198.51.100.1"));
    balancer.apply(persistent().persistence(null).build());
    assertThat(balancer.templates()).isZero();
    assertThat(balancer.status().servers()).allSatisfy(s -> assertThat(s.templates()).isZero());
  }

  private static VirtualService.Builder persistent() {
    return service("rr").persistence(Persistence.sourceAddress(Duration.ofMinutes(5)));
  }

  @Test
  void a_failed_flow_is_never_offered_to_the_same_server_again() {
    LoadBalancer balancer = balancer(service("wlc").realServer(RealServer.of(C)).build());
    Connection first = open(balancer, Flow.any());
    first.fail(Failure.NEVER_SENT, "connect refused");
    Connection second = (Connection) balancer.admitElsewhere(Flow.any(), first);
    second.fail(Failure.NEVER_SENT, "connect refused");
    Connection third = (Connection) balancer.admitElsewhere(Flow.any(), second);
    assertThat(List.of(first.server(), second.server(), third.server())).doesNotHaveDuplicates();
    third.fail(Failure.NEVER_SENT, "connect refused");
    Refused refused = refusal(balancer.admitElsewhere(Flow.any(), third));
    assertThat(refused.cause()).isEqualTo(Cause.ALL_TRIED);
    assertThat(balancer.status().servers()).allSatisfy(s -> assertThat(s.failed()).isEqualTo(1));
  }

  @Test
  void the_attempts_of_a_flow_are_limited() {
    LoadBalancer balancer = balancer(service("wlc").attempts(1).build());
    Connection first = open(balancer, Flow.any());
    first.fail(Failure.NEVER_SENT, "connect refused");
    assertThat(refusal(balancer.admitElsewhere(Flow.any(), first)))
        .hasToString(
            "web: no real server (all-tried): 10.0.0.2:80 tried for this flow, and failed;"
                + " 10.0.0.1:80 not asked, after 1 attempts elsewhere");
  }

  @Test
  void after_all_attempts_the_fallback_is_tried_once() {
    LoadBalancer balancer = balancer(service("wlc").attempts(1).fallback(RealServer.of(C)).build());
    Connection first = open(balancer, Flow.any());
    first.fail(Failure.NEVER_SENT, "connect refused");
    Connection sorry = (Connection) balancer.admitElsewhere(Flow.any(), first);
    assertThat(sorry.server().address()).isEqualTo(C);
    sorry.fail(Failure.NEVER_SENT, "connect refused");
    assertThat(refusal(balancer.admitElsewhere(Flow.any(), sorry)).cause())
        .isEqualTo(Cause.ALL_TRIED);
  }

  @Test
  void a_real_server_may_become_the_fallback_and_listeners_hear_of_it() {
    LoadBalancer balancer = balancer(service("wlc").build());
    balancer.apply(
        service("wlc").realServers(List.of(RealServer.of(A))).fallback(RealServer.of(B)).build());
    assertThat(events).hasSize(2).last().asString().startsWith("web: changed to web");
  }

  @Test
  void a_failure_counts_once_and_an_answer_is_no_failure() {
    LoadBalancer balancer = balancer(service("wlc").build());
    Connection failed = open(balancer, Flow.any());
    failed.fail(Failure.MAYBE_PROCESSED, "reset");
    failed.fail(Failure.MAYBE_PROCESSED, "reset");
    open(balancer, Flow.any()).fail(Failure.ANSWERED, "404");
    assertThat(balancer.status().servers().stream().mapToLong(ServerStatus::failed).sum())
        .isEqualTo(1);
    assertThat(balancer.status().connections()).isZero();
    assertThat(events)
        .containsExactly("web: connection to 10.0.0.2:80 failed, maybe-processed: reset");
  }

  @Test
  void a_server_without_a_port_keeps_the_clients_port() {
    LoadBalancer balancer =
        balancer(
            VirtualService.tcp("192.0.2.10", 0)
                .persistence(Persistence.sourceAddress(Duration.ofMinutes(1)))
                .realServer("10.0.0.1:0")
                .build());
    assertThat(open(balancer, from("198.51.100.1")).address()).isEqualTo(A);
  }

  @Test
  void a_listener_that_throws_stops_nobody() {
    LoadBalancer balancer = balancer(service("rr").build());
    balancer.addListener(
        event -> {
          throw new IllegalStateException("listener's fault");
        });
    balancer.apply(service("rr").build().withWeight(A, 5));
    assertThat(balancer.service().realServers().get(0).weight()).isEqualTo(5);
  }

  @Test
  void a_policy_that_fails_to_prepare_leaves_what_was_published() {
    Scheduler broken =
        new Scheduler() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public Selector prepare(
              io.jvs.scheduling.ServerView servers, io.jvs.scheduling.Setup setup) {
            throw new IllegalStateException("policy's fault");
          }
        };
    LoadBalancer balancer =
        LoadBalancer.builder(service("rr").build())
            .schedulers(Schedulers.builtIn().with(broken))
            .build();
    balancer.apply(service("broken").build());
    assertThat(balancer.service().scheduler().name()).isEqualTo("rr");
    pick(balancer);
    balancer.apply(service("lc").realServer(RealServer.of(C)).build());
    assertThat(balancer.service().scheduler().name()).isEqualTo("lc");
    assertThat(pick(balancer)).isEqualTo(C);
  }

  @Test
  void changes_made_together_are_published_once() {
    List<Runnable> tasks = new ArrayList<>();
    LoadBalancer balancer = LoadBalancer.builder(service("rr").build()).control(tasks::add).build();
    Generation before = balancer.generation();
    for (int weight = 2; weight < 100; weight++) {
      balancer.apply(service("rr").build().withWeight(A, weight));
    }
    assertThat(tasks).hasSize(1);
    assertThat(balancer.generation()).isSameAs(before);
    tasks.get(0).run();
    assertThat(balancer.service().realServers().get(0).weight()).isEqualTo(99);
  }

  @Test
  void a_server_that_was_quiesced_before_the_service_went_over_to_mh_keeps_its_places() {
    LoadBalancer always = LoadBalancer.of(service("mh").build());
    LoadBalancer later = LoadBalancer.of(service("rr").build());
    InetSocketAddress first = always.service().realServers().get(0).address();
    always.apply(always.service().withWeight(first, 0));
    later.apply(later.service().withWeight(first, 0));
    later.apply(later.service().toBuilder().scheduler("mh").build());

    for (int i = 0; i < 200; i++) {
      Flow flow = Flow.keyed(i);
      assertThat(later.pick(flow)).isEqualTo(always.pick(flow));
    }
  }

  private static InetSocketAddress goesTo(LoadBalancer balancer, InetSocketAddress server) {
    Admission admission = balancer.admitTo(server, from("10.1.0.1"));
    assertThat(admission).isInstanceOf(Connection.class);
    try (Connection connection = (Connection) admission) {
      return connection.server().address();
    }
  }

  @Test
  void what_goes_on_with_a_server_gets_it_though_it_is_quiesced_or_full() {
    LoadBalancer balancer =
        balancer(
            service("rr")
                .realServer(RealServer.of(C).withLimits(new ConnectionLimits(1, 0)))
                .build()
                .withWeight(B, 0));
    assertThat(goesTo(balancer, B)).isEqualTo(B);
    assertThat(goesTo(balancer, C)).isEqualTo(C);
    Admission full = balancer.admitTo(C, from("10.1.0.2"));
    assertThat(full).isInstanceOf(Connection.class);
    assertThat(active(balancer, C)).isEqualTo(1);
    assertThat(goesTo(balancer, C)).isEqualTo(C);
    assertThat(pick(balancer)).isEqualTo(A);
    assertThat(pick(balancer)).isEqualTo(A);
  }

  @Test
  void what_goes_on_with_a_server_that_is_down_or_has_left_is_a_new_flow() {
    LoadBalancer balancer = balancer(service("rr").build());
    assertThat(goesTo(balancer, C)).isIn(A, B);
    balancer.control().judge(A, Judge.CHECKS, "connection refused");
    assertThat(goesTo(balancer, A)).isEqualTo(B);
    balancer.close();
    assertThat(refusal(balancer.admitTo(B, from("10.1.0.1"))).cause()).isEqualTo(Cause.CLOSED);
  }

  @Test
  void what_goes_on_with_a_server_neither_follows_nor_makes_templates() {
    LoadBalancer balancer =
        balancer(
            service("rr").persistence(Persistence.sourceAddress(Duration.ofMinutes(1))).build());
    InetSocketAddress bound;
    try (Connection connection = open(balancer, from("10.1.0.1"))) {
      bound = connection.server().address();
    }
    InetSocketAddress other = bound.equals(A) ? B : A;
    assertThat(goesTo(balancer, other)).isEqualTo(other);
    assertThat(balancer.templates()).isEqualTo(1);
    try (Connection connection = open(balancer, from("10.1.0.1"))) {
      assertThat(connection.server().address()).isEqualTo(bound);
    }
  }
}
