package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.AddressFamily;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a service does with its templates; whom it knows by what is ClientIdentityTest's. */
class PersistenceTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");
  private static final Persistence MINUTE = Persistence.sourceAddress(Duration.ofMinutes(1));

  private final FakeTicker ticker = new FakeTicker();
  private final List<LoadBalancerEvent> events = new ArrayList<>();

  private static VirtualService.Builder web(Persistence persistence) {
    return VirtualService.tcp("192.0.2.10", 80)
        .name("web")
        .scheduler("rr")
        .persistence(persistence)
        .realServer(RealServer.of(A))
        .realServer(RealServer.of(B));
  }

  private LoadBalancer balancer(VirtualService service) {
    return LoadBalancer.builder(service).ticker(ticker).listener(events::add).build();
  }

  private static Flow client(int number) {
    return Flow.tcp(
        SocketAddresses.parse("10.1." + number / 256 + "." + number % 256 + ":40000"),
        SocketAddresses.parse("192.0.2.10:80"));
  }

  /** The server that answers; the connection ends at once. */
  private static InetSocketAddress visit(LoadBalancer balancer, Flow flow) {
    Admission admission = balancer.admit(flow);
    assertThat(admission).isInstanceOf(Connection.class);
    try (Connection connection = (Connection) admission) {
      return connection.server().address();
    }
  }

  private static int templates(LoadBalancer balancer, InetSocketAddress server) {
    ServerStatus status = balancer.status(server);
    return status == null ? -1 : status.templates();
  }

  /** As the kernel (ip_vs_check_template), found by the same sequence through both. */
  @Test
  void a_client_that_came_in_vain_while_its_server_was_removed_is_bound_to_it_no_more() {
    VirtualService onlyB =
        web(MINUTE).realServers(List.of(RealServer.of(B))).build().withWeight(B, 0);
    LoadBalancer balancer = balancer(web(MINUTE).build());
    assertThat(visit(balancer, client(1))).isEqualTo(B);
    Flow bound = client(2);
    assertThat(visit(balancer, bound)).isEqualTo(A);
    balancer.apply(onlyB);
    assertThat(balancer.admit(bound)).isInstanceOf(Refused.class);

    balancer.apply(onlyB.toBuilder().realServer(RealServer.of(A)).build());

    assertThat(templates(balancer, A)).isZero();
  }

  @Test
  void a_client_follows_a_quiesced_server_unless_the_service_says_otherwise() {
    LoadBalancer kernels = balancer(web(MINUTE).build());
    InetSocketAddress first = visit(kernels, client(1));
    kernels.apply(kernels.service().withWeight(first, 0));
    assertThat(visit(kernels, client(1))).isEqualTo(first);

    Persistence switched = MINUTE.withRules(TemplateRules.DEFAULT.withExpireQuiesced(true));
    kernels.apply(kernels.service().toBuilder().persistence(switched).build());
    assertThat(visit(kernels, client(1))).isNotEqualTo(first);
    assertThat(templates(kernels, first)).isZero();
    kernels.apply(kernels.service().withWeight(first, 1));
    assertThat(visit(kernels, client(1))).as("it has moved for good").isNotEqualTo(first);
  }

  /** As in the kernel, which looks at the weight when a client comes, and not before. */
  @Test
  void a_client_that_did_not_come_while_its_server_was_quiesced_finds_it_again() {
    LoadBalancer balancer =
        balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withExpireQuiesced(true))).build());
    InetSocketAddress first = visit(balancer, client(1));
    balancer.apply(balancer.service().withWeight(first, 0));
    balancer.apply(balancer.service().withWeight(first, 1));
    assertThat(visit(balancer, client(1))).isEqualTo(first);
  }

  @Test
  void a_quiesced_server_with_no_other_refuses_its_clients_if_they_are_to_leave() {
    LoadBalancer balancer =
        balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withExpireQuiesced(true))).build());
    visit(balancer, client(1));
    balancer.apply(balancer.service().withWeight(A, 0).withWeight(B, 0));
    assertThat(balancer.admit(client(1))).isInstanceOf(Refused.class);
  }

  @Test
  void clients_wait_for_a_server_that_comes_back_unless_the_service_forgets_them() {
    for (boolean forgets : List.of(false, true)) {
      LoadBalancer balancer =
          balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withExpireDown(forgets))).build());
      InetSocketAddress first = visit(balancer, client(1));
      balancer.markDown(first, "check failed");
      assertThat(balancer.templates()).isEqualTo(forgets ? 0 : 1);
      balancer.markUp(first);
      visit(balancer, client(2)); // round robin: so the next one would be the other server
      if (forgets) {
        visit(balancer, client(3));
      }
      assertThat(visit(balancer, client(1)).equals(first)).isEqualTo(!forgets);
    }
  }

  @Test
  void a_client_whose_server_is_down_moves_for_good() {
    LoadBalancer balancer = balancer(web(MINUTE).build());
    InetSocketAddress first = visit(balancer, client(1));
    balancer.markDown(first, "check failed");
    InetSocketAddress second = visit(balancer, client(1));
    balancer.markUp(first);
    assertThat(second).isNotEqualTo(first);
    assertThat(visit(balancer, client(1))).isEqualTo(second);
  }

  @Test
  void clients_of_a_removed_server_are_forgotten_at_once_if_the_service_says_so() {
    for (boolean forgets : List.of(false, true)) {
      LoadBalancer balancer =
          balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withExpireDown(forgets))).build());
      InetSocketAddress first = visit(balancer, client(1));
      VirtualService both = balancer.service();
      balancer.apply(
          both.toBuilder()
              .realServers(
                  both.realServers().stream().filter(s -> !s.address().equals(first)).toList())
              .build());
      assertThat(balancer.templates()).isEqualTo(forgets ? 0 : 1);
      balancer.apply(both);
      assertThat(templates(balancer, first)).isEqualTo(forgets ? 0 : 1);
    }
  }

  @Test
  void a_full_server_keeps_its_clients() {
    LoadBalancer balancer =
        balancer(
            web(MINUTE)
                .realServers(List.of(RealServer.of(A).withLimits(ConnectionLimits.upTo(1))))
                .build());
    assertThat(balancer.admit(client(1))).isInstanceOf(Connection.class);
    assertThat(balancer.admit(client(2))).isInstanceOf(Refused.class);
    assertThat(balancer.admit(client(1))).isInstanceOf(Connection.class);
  }

  @Test
  void a_flood_of_clients_is_bounded_counted_told_and_shown() {
    LoadBalancer balancer =
        balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withMaximum(100))).build());
    for (int i = 0; i < 1100; i++) {
      visit(balancer, client(i));
    }
    ServiceStatus status = balancer.status();
    assertThat(status.templates()).isEqualTo(100);
    assertThat(status.templatesEvicted()).isEqualTo(1000);
    assertThat(status.servers().stream().mapToInt(ServerStatus::templates).sum()).isEqualTo(100);
    assertThat(events)
        .hasSize(1000)
        .allMatch(new LoadBalancerEvent.TemplateEvicted("web", 100)::equals);
    assertThat(events.get(0))
        .hasToString(
            "web: a client was forgotten before its time, because 100 are remembered, as many as"
                + " persistence allows here");
  }

  @Test
  void a_client_with_an_open_connection_outlives_a_flood() {
    LoadBalancer balancer =
        balancer(web(MINUTE.withRules(TemplateRules.DEFAULT.withMaximum(50))).build());
    Connection open = (Connection) balancer.admit(client(9999));
    for (int i = 0; i < 5000; i++) {
      visit(balancer, client(i));
    }
    assertThat(visit(balancer, client(9999))).isEqualTo(open.server().address());
  }

  @Test
  void users_behind_one_proxy_are_told_apart_by_their_keys() {
    LoadBalancer balancer =
        balancer(web(Persistence.applicationKey(Duration.ofMinutes(1))).build());
    InetSocketAddress ann = visit(balancer, client(1).withKey("ann"));
    InetSocketAddress bob = visit(balancer, client(1).withKey("bob"));
    assertThat(bob).isNotEqualTo(ann);
    for (int i = 0; i < 3; i++) {
      assertThat(visit(balancer, client(i).withKey("ann"))).isEqualTo(ann);
      assertThat(visit(balancer, Flow.keyed("bob"))).isEqualTo(bob);
    }
    assertThat(visit(balancer, client(1))).isNotEqualTo(visit(balancer, client(1)));
    assertThat(balancer.templates()).isEqualTo(2);
  }

  @Test
  void a_key_that_is_learnt_later_binds_to_the_server_of_its_connection() {
    LoadBalancer balancer =
        balancer(web(Persistence.applicationKey(Duration.ofMinutes(1))).build());
    Connection first = (Connection) balancer.admit(client(1));
    Connection second = (Connection) balancer.admit(client(2));
    assertThat(second.server()).isNotEqualTo(first.server());
    assertThat(balancer.remembers("session")).isFalse();
    assertThat(balancer.remember("session", first)).isTrue();
    assertThat(balancer.remembers("session")).isTrue();
    for (int i = 0; i < 3; i++) {
      assertThat(visit(balancer, client(i).withKey("session"))).isEqualTo(first.server().address());
    }
    assertThat(balancer.remember("session", second)).as("another server").isTrue();
    assertThat(visit(balancer, Flow.keyed("session"))).isEqualTo(second.server().address());
    assertThat(balancer.templates()).isEqualTo(1);
    ticker.advance(Duration.ofMinutes(1));
    assertThat(balancer.remembers("session")).isFalse();
  }

  @Test
  void a_key_is_not_learnt_where_clients_are_known_by_their_address() {
    LoadBalancer balancer = balancer(web(MINUTE).build());
    Connection connection = (Connection) balancer.admit(client(1));
    assertThat(balancer.remember("session", connection)).isFalse();
    assertThat(balancer.remembers("session")).isFalse();
    LoadBalancer keyed = balancer(web(Persistence.applicationKey(Duration.ofMinutes(1))).build());
    Connection gone = (Connection) keyed.admit(client(1));
    keyed.apply(VirtualService.tcp("192.0.2.10", 80).name("web").persistence(MINUTE).build());
    assertThat(keyed.remember("session", gone)).isFalse();
  }

  @Test
  void a_firewall_mark_joins_protocols_addresses_and_ports() {
    LoadBalancer balancer =
        balancer(
            web(MINUTE)
                .address(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
                .onePacket(true)
                .build());
    InetSocketAddress from = SocketAddresses.parse("10.1.0.1:40000");
    Flow tcp = Flow.tcp(from, SocketAddresses.parse("192.0.2.10:80")).withMark(7);
    Flow udp = Flow.udp(from, SocketAddresses.parse("192.0.2.11:53")).withMark(7);
    InetSocketAddress first = visit(balancer, tcp);
    assertThat(visit(balancer, udp)).isEqualTo(first);
    assertThat(visit(balancer, udp)).isEqualTo(first);
    assertThat(((Connection) balancer.admit(udp)).address().getPort())
        .as("the port that the client asked for")
        .isEqualTo(53);
    assertThat(balancer.templates()).isEqualTo(1);
  }

  @Test
  void another_maximum_keeps_the_clients() {
    LoadBalancer balancer = balancer(web(MINUTE).build());
    InetSocketAddress first = visit(balancer, client(1));
    Persistence smaller = MINUTE.withRules(TemplateRules.DEFAULT.withMaximum(5));
    balancer.apply(balancer.service().toBuilder().persistence(smaller).build());
    assertThat(visit(balancer, client(1))).isEqualTo(first);
  }
}
