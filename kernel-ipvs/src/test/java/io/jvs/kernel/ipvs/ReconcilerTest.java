package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.Judge;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.WeightAdjustment;
import io.jvs.balancing.WeightSource;
import io.jvs.kernel.ipvs.OwnTable.Refused;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Failover;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SlowStart;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ManualTicker;
import io.jvs.transport.Transport.Assignment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The whole way from load balancers to the table, on virtual time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReconcilerTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");
  private static final ServiceKey WEB =
      new ServiceKey.Address(ServiceKey.TCP, SocketAddresses.parseIp("192.0.2.1"), 80);
  private static final ServiceKey OTHER =
      new ServiceKey.Address(ServiceKey.UDP, SocketAddresses.parseIp("192.0.2.9"), 53);

  private final ManualTicker ticker = new ManualTicker();
  private final ModelKernel kernel = new ModelKernel();
  private final List<IpvsEvent> events = new ArrayList<>();
  private final Map<String, LoadBalancer> balancers = new LinkedHashMap<>();
  private final Reconciler reconciler = reconciler(false, true);

  @Test
  void a_new_service_is_added_with_its_servers_newest_first() throws Exception {
    apply(web("rr").build());

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");
    kernel.asked();
    apply(web("rr").build());
    assertThat(kernel.asked()).as("the same again").isEmpty();
  }

  @Test
  void weights_of_the_pipeline_reach_the_kernel_in_hundredths_where_only_proportions_matter()
      throws Exception {
    LoadBalancer web = apply(web("wlc").build());
    kernel.asked();

    web.control().adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.5, "busy"));
    sync();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 wlc 10.0.0.2=100 10.0.0.1=50\n");
    assertThat(kernel.asked()).hasSize(2).allMatch(IpvsCommand.EditDestination.class::isInstance);
  }

  @Test
  void thresholds_are_the_configured_ones_or_what_an_agent_says() throws Exception {
    RealServer limited = RealServer.of(A).withLimits(new ConnectionLimits(100, 80));
    LoadBalancer web = apply(web("rr").realServers(List.of(limited)).build());
    assertThat(thresholds()).containsExactly(100L, 80L);

    web.control().limit(A, 30, "agent says 30");
    poll(1);
    assertThat(thresholds()).containsExactly(30L, 30L);

    web.control().limit(A, null, "agent is silent");
    poll(1);
    assertThat(thresholds()).containsExactly(100L, 80L);
  }

  private List<Long> thresholds() throws IOException {
    IpvsDestination destination = kernel.destinations(WEB).get(0).destination();
    return List.of(destination.upper(), destination.lower());
  }

  @Test
  void steps_of_a_slow_start_which_are_told_nobody_are_looked_for() throws Exception {
    LoadBalancer web = apply(web("wlc").slowStart(SlowStart.over(Duration.ofSeconds(30))).build());
    web.control().adjust(A, WeightSource.SLOW_START, WeightAdjustment.factor(0.1, "begins"));
    reconciler.pollRamps();
    assertThat(kernel.text()).contains("10.0.0.2=100 10.0.0.1=10");

    web.control().adjust(A, WeightSource.SLOW_START, WeightAdjustment.factor(0.15, "goes on"));
    reconciler.pollRamps();
    assertThat(kernel.text()).contains("10.0.0.2=100 10.0.0.1=15");
    kernel.asked();
    reconciler.pollRamps();
    assertThat(kernel.asked()).isEmpty();
  }

  @Test
  void fractions_are_rounded_where_weights_are_numbers() throws Exception {
    VirtualService service = web("sh").build().withWeight(A, 10);
    LoadBalancer web = apply(service);

    web.control().adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.25, "busy"));
    sync();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 sh 10.0.0.2=1 10.0.0.1=3\n");
  }

  @Test
  void a_server_that_goes_down_is_deleted_and_comes_back_first_in_the_list() throws Exception {
    LoadBalancer web = apply(web("rr").build());
    web.markDown(A, "dead");
    sync();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");

    web.markUp(A);
    sync();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.1=1 10.0.0.2=1\n");
  }

  @Test
  void one_that_goes_down_where_that_means_quiescing_keeps_its_place_with_weight_0()
      throws Exception {
    LoadBalancer web =
        apply(web("rr").failover(Failover.DEFAULT.whenDown(Failover.WhenDown.QUIESCE)).build());
    web.markDown(A, "dead");
    sync();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=0\n");
  }

  @Test
  void the_fallback_is_there_only_while_nobody_else_can_answer() throws Exception {
    LoadBalancer web = apply(web("rr").fallback(RealServer.of("10.0.0.9:80")).build());
    assertThat(kernel.text()).doesNotContain("10.0.0.9");

    web.markDown(A, "dead");
    web.markDown(B, "dead");
    sync();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.9=1\n");

    web.markUp(B);
    sync();
    assertThat(kernel.text()).as("what it has begun it may end").contains("10.0.0.9=0");
    reconciler.poll();
    reconciler.poll();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
  }

  @Test
  void without_a_quorum_real_servers_get_nothing_new_and_the_fallback_answers() throws Exception {
    LoadBalancer web =
        apply(
            web("rr")
                .failover(Failover.DEFAULT.quorum(2, 0))
                .fallback(RealServer.of("10.0.0.9:80"))
                .build());
    web.markDown(A, "dead");
    sync();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.9=1 10.0.0.2=0\n");
  }

  @Test
  void a_server_that_leaves_the_definition_is_deleted_when_its_connections_have_ended()
      throws Exception {
    VirtualService both = web("rr").build();
    apply(both);
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);

    apply(without(both, A));
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=0\n");
    poll(3);
    assertThat(kernel.text()).contains("10.0.0.1=0");
    kernel.connections(WEB, A, 0, 1, Traffic.NONE);
    poll(3);
    assertThat(kernel.text()).as("closing").contains("10.0.0.1=0");
    kernel.connections(WEB, A, 0, 0, Traffic.NONE);
    poll(1);

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
    assertThat(events).isEmpty();
  }

  @Test
  void one_that_never_ends_is_cut_off_at_the_deadline() throws Exception {
    VirtualService both = web("rr").build();
    apply(both);
    kernel.connections(WEB, A, 7, 0, Traffic.NONE);
    apply(without(both, A));
    ticker.advance(Duration.ofSeconds(59));
    poll(1);
    assertThat(kernel.text()).contains("10.0.0.1=0");

    ticker.advance(Duration.ofSeconds(2));
    poll(1);

    assertThat(kernel.text()).doesNotContain("10.0.0.1=");
    assertThat(events).containsExactly(new IpvsEvent.CutOff("TCP 192.0.2.1:80 -> 10.0.0.1:80", 7));
  }

  @Test
  void one_that_comes_back_meanwhile_is_only_edited() throws Exception {
    VirtualService both = web("rr").build();
    apply(both);
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);
    apply(without(both, A));
    poll(1);
    kernel.asked();

    apply(both);

    assertThat(kernel.asked())
        .containsExactly(new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 1)));
  }

  @Test
  void maintenance_lets_connections_end_and_then_takes_the_server_out() throws Exception {
    LoadBalancer web = apply(web("rr").build());
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);
    web.control()
        .order(A, Orderer.OPERATOR, AdminOrder.of(AdminOrder.Kind.MAINTENANCE, "alice", ""));
    sync();
    assertThat(kernel.text()).contains("10.0.0.1=0");
    kernel.connections(WEB, A, 0, 0, Traffic.NONE);
    poll(1);

    assertThat(kernel.text()).doesNotContain("10.0.0.1=");
  }

  @Test
  void a_server_in_maintenance_whose_connections_are_to_end_goes_at_once() throws Exception {
    LoadBalancer web = apply(web("rr").build());
    kernel.connections(WEB, A, 4, 0, Traffic.NONE);
    web.control()
        .order(A, Orderer.OPERATOR, AdminOrder.of(AdminOrder.Kind.MAINTENANCE, "alice", ""));
    sync();
    poll(1);
    assertThat(kernel.text()).contains("10.0.0.1=0");

    reconciler.cut(web, A);

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
    assertThat(events).containsExactly(new IpvsEvent.CutOff("TCP 192.0.2.1:80 -> 10.0.0.1:80", 4));
  }

  @Test
  void a_source_hash_looks_further_while_a_server_leaves() throws Exception {
    VirtualService both = web("sh").build();
    apply(both);
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);
    apply(without(both, A));
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 sh 0x8 10.0.0.2=1 10.0.0.1=0\n");
    kernel.connections(WEB, A, 0, 0, Traffic.NONE);
    poll(1);

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 sh 10.0.0.2=1\n");
  }

  @Test
  void a_service_that_leaves_takes_nothing_new_and_goes_with_its_last_connection()
      throws Exception {
    apply(web("rr").build());
    kernel.connections(WEB, B, 1, 0, Traffic.NONE);
    reconciler.apply(List.of());
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=0 10.0.0.1=0\n");
    poll(2);
    kernel.connections(WEB, B, 0, 0, Traffic.NONE);
    poll(2);

    assertThat(kernel.text()).isEmpty();
    assertThat(reconciler.status().services()).isZero();
  }

  @Test
  void services_of_others_are_left_alone() throws Exception {
    somebodysDns();
    apply(web("rr").build());
    reconciler.apply(List.of());
    poll(3);

    assertThat(kernel.text()).isEqualTo("UDP 192.0.2.9:53 wlc 10.0.0.1=3\n");
    assertThat(kernel.asked()).noneMatch(command -> Difference.subject(command).contains("UDP"));
  }

  @Test
  void they_leave_if_all_of_the_table_is_to_be_ours() throws Exception {
    somebodysDns();
    Reconciler all = reconciler(true, true);
    all.apply(List.of(assignment(web("rr").build())));
    assertThat(kernel.text()).contains("UDP 192.0.2.9:53 wlc 10.0.0.1=0");
    all.poll();
    all.poll();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");
  }

  @Test
  void a_restart_takes_over_what_is_there() throws Exception {
    apply(web("rr").build());
    kernel.connections(WEB, A, 3, 0, new Traffic(500, 0, 0, 9000, 9000, 0, 0, 0, 0, 0));
    kernel.asked();
    balancers.clear(); // killed

    Reconciler again = reconciler(false, true);
    VirtualService now = web("rr").build().withWeight(B, 4);
    again.apply(List.of(assignment(now)));

    assertThat(kernel.asked())
        .containsExactly(new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(B, 4)));
    again.poll();
    assertThat(status(A).active()).isEqualTo(3);
    assertThat(status(A).opened()).as("before our time").isZero();
  }

  @Test
  void servers_that_nobody_has_checked_yet_stay_as_they_are_after_a_restart() throws Exception {
    apply(web("rr").build().withWeight(B, 0));
    kernel.asked();
    balancers.clear();

    Reconciler again = reconciler(false, true);
    VirtualService checked =
        web("rr")
            .realServer("10.0.0.3:80")
            .health(HealthDeclaration.all(CheckDeclaration.of(() -> "fixture")).startingDown())
            .build();
    again.apply(List.of(assignment(checked)));
    assertThat(kernel.asked()).isEmpty();

    LoadBalancer web = balancer("web");
    web.control().judge(A, Judge.CHECKS, "3 checks failed");
    web.control().judge(B, Judge.CHECKS, null);
    again.sync(List.of(web));
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
  }

  @Test
  void what_the_kernel_counts_is_told_to_the_load_balancer() throws Exception {
    apply(web("rr").build());
    kernel.connections(WEB, A, 3, 2, new Traffic(10, 0, 0, 1000, 5000, 0, 0, 0, 0, 0));
    reconciler.poll();
    kernel.connections(WEB, A, 1, 2, new Traffic(12, 0, 0, 1500, 5000, 0, 0, 0, 0, 0));
    reconciler.poll();

    ServerStatus a = status(A);
    assertThat(List.of(a.active(), a.inactive())).containsExactly(1, 2);
    assertThat(List.of(a.opened(), a.bytesFromClients(), a.bytesToClients()))
        .containsExactly(12L, 1500L, 5000L);

    kernel.connections(WEB, A, 1, 2, new Traffic(1, 0, 0, 40, 0, 0, 0, 0, 0, 0)); // ipvsadm -Z
    reconciler.poll();
    assertThat(status(A).opened()).isEqualTo(13);
  }

  @Test
  void drift_is_told_and_put_right() throws Exception {
    apply(web("rr").build());
    kernel.somebody(
        new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 9)),
        new IpvsCommand.DeleteDestination(WEB, B));
    reconciler.poll();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");
    assertThat(events)
        .containsExactly(
            new IpvsEvent.Drifted(
                WEB, List.of("10.0.0.1:80 weight 1 -> 9", "10.0.0.2:80 was deleted"), true));
    assertThat(reconciler.status().mended()).isEqualTo(1);
  }

  @Test
  void a_flushed_table_is_filled_again() throws Exception {
    apply(web("rr").build());
    kernel.somebody(new IpvsCommand.Flush());
    reconciler.poll();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");
    assertThat(events).containsExactly(new IpvsEvent.Drifted(WEB, List.of("it was deleted"), true));
  }

  @Test
  void drift_is_told_once_and_left_if_that_is_asked_for() throws Exception {
    Reconciler reports = reconciler(false, false);
    reports.apply(List.of(assignment(web("rr").build())));
    kernel.somebody(new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 9)));
    reports.poll();
    reports.poll();

    assertThat(kernel.text()).contains("10.0.0.1=9");
    assertThat(events)
        .containsExactly(new IpvsEvent.Drifted(WEB, List.of("10.0.0.1:80 weight 1 -> 9"), false));
  }

  @Test
  void two_who_both_think_the_service_theirs_do_not_rewrite_it_at_every_look() throws Exception {
    apply(web("rr").build());
    int mended = 0;
    for (int second = 0; second < 120; second += 2) {
      kernel.asked();
      kernel.somebody(new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 9)));
      ticker.advance(Duration.ofSeconds(2));
      reconciler.poll();
      mended += kernel.asked().isEmpty() ? 0 : 1;
    }

    assertThat(mended).as("3 at once, then after 10, 20, 40 seconds").isEqualTo(6);
    assertThat(events).contains(new IpvsEvent.Fought(WEB, 10)).hasSize(4);
  }

  @Test
  void a_step_that_is_refused_leaves_all_as_before() throws Exception {
    apply(web("rr").build());
    somebodysDns();
    String before = kernel.text();
    VirtualService good = VirtualService.tcp("192.0.2.3", 80).realServer("10.0.0.3:80").build();
    VirtualService bad = VirtualService.tcp("192.0.2.4", 80).scheduler("twos").build();

    assertThatThrownBy(
            () ->
                reconciler.apply(
                    List.of(
                        assignment(web("wlc").build().withWeight(A, 5)),
                        assignment(good),
                        assignment(bad))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("TCP 192.0.2.4:80");

    assertThat(kernel.text()).isEqualTo(before);
    reconciler.poll();
    assertThat(kernel.text()).isEqualTo(before);
  }

  @Test
  void what_is_refused_while_running_is_told_once_and_keeps_nobody_else_from_being_served()
      throws Exception {
    VirtualService dns =
        VirtualService.udp("192.0.2.3", 53)
            .name("dns")
            .scheduler("rr")
            .realServer("10.0.0.3:53")
            .realServer("10.0.0.4:53")
            .build();
    LoadBalancer web = assignment(web("rr").build()).balancer();
    reconciler.apply(List.of(assignment(web.service()), assignment(dns)));
    web.markDown(A, "dead");
    sync();
    kernel.refuse(A);
    web.markUp(A);
    balancer("dns").markDown(SocketAddresses.parse("10.0.0.3:53"), "dead");
    sync();
    poll(2);

    assertThat(kernel.text())
        .isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\nUDP 192.0.2.3:53 rr 10.0.0.4=1\n");
    assertThat(events)
        .containsExactly(new IpvsEvent.Rejected("TCP 192.0.2.1:80 -> 10.0.0.1:80", "errno 22"));
    assertThat(reconciler.status().rejected()).isEqualTo(3);

    kernel.refuse(null);
    poll(1);
    assertThat(kernel.text()).contains("rr 10.0.0.1=1 10.0.0.2=1");
  }

  @Test
  void somebody_who_is_faster_makes_no_difference() throws Exception {
    kernel.before(
        () ->
            kernel.somebody(
                new IpvsCommand.AddService(new IpvsService(WEB, "lc", 0, 0, -1, null)),
                new IpvsCommand.AddDestination(WEB, IpvsDestination.nat(A, 8))));
    apply(web("rr").build());
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");

    LoadBalancer web = balancer("web");
    web.control().order(A, Orderer.OPERATOR, AdminOrder.weight(5, "alice", ""));
    kernel.before(() -> kernel.somebody(new IpvsCommand.DeleteDestination(WEB, A)));
    sync();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.1=5 10.0.0.2=1\n");

    web.markDown(A, "dead");
    kernel.before(() -> kernel.somebody(new IpvsCommand.DeleteService(WEB)));
    sync();
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
  }

  @Test
  void a_kernel_that_cannot_be_asked_is_told_once_and_caught_up_with() throws Exception {
    LoadBalancer web = apply(web("rr").build());
    kernel.gone("EPERM");
    reconciler.poll();
    web.markDown(A, "dead");
    sync();
    reconciler.poll();
    reconciler.poll();
    assertThat(events).containsExactly(new IpvsEvent.Unreachable("EPERM"));
    assertThat(reconciler.status().trouble()).isEqualTo("EPERM");

    kernel.gone(null);
    reconciler.poll();

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
    assertThat(events).hasSize(2).contains(new IpvsEvent.Reachable());
    assertThat(reconciler.status().trouble()).isNull();
  }

  @Test
  void a_kernel_that_cannot_be_asked_at_first_fails_the_call() {
    kernel.gone("EPERM");

    assertThatThrownBy(() -> apply(web("rr").build()))
        .isInstanceOf(IOException.class)
        .hasMessage("EPERM");
  }

  @Test
  void timeouts_are_set_for_the_table_and_put_back() throws Exception {
    Timeouts hour =
        new Timeouts(
            Duration.ofSeconds(5),
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30));
    apply(web("rr").timeouts(hour).build());
    assertThat(kernel.timeouts()).isEqualTo(new IpvsTimeouts(3600, 60, 30));
    kernel.asked();
    reconciler.poll();
    assertThat(kernel.asked()).isEmpty();

    reconciler.close(true);
    assertThat(kernel.timeouts()).isEqualTo(new IpvsTimeouts(900, 120, 300));
  }

  @Test
  void sync_daemons_are_started_kept_and_stopped() throws Exception {
    SyncDaemon master = new SyncDaemon(SyncDaemon.Role.MASTER, 7, "eth0", 0, null, 0, 0);
    Reconciler syncs = reconciler(false, true, master);
    syncs.apply(List.of(assignment(web("rr").build())));
    assertThat(kernel.daemons()).containsExactly(master);
    kernel.asked();
    syncs.poll();
    assertThat(kernel.asked()).isEmpty();

    kernel.somebody(new IpvsCommand.StopDaemon(SyncDaemon.Role.MASTER));
    syncs.poll();
    assertThat(kernel.daemons()).containsExactly(master);

    syncs.close(true);
    assertThat(kernel.daemons()).isEmpty();
  }

  @Test
  void a_range_of_ports_is_a_service_for_each_whose_counts_are_added_up() throws Exception {
    VirtualService range =
        VirtualService.at(
                new VirtualAddress.Endpoint(
                    Protocol.TCP, SocketAddresses.parseIp("192.0.2.1"), new PortRange(80, 82)))
            .name("web")
            .scheduler("rr")
            .realServer("10.0.0.1:0")
            .build();
    apply(range);
    assertThat(kernel.text())
        .isEqualTo(
            """
            TCP 192.0.2.1:80 rr 10.0.0.1=1
            TCP 192.0.2.1:81 rr 10.0.0.1=1
            TCP 192.0.2.1:82 rr 10.0.0.1=1
            """);
    InetSocketAddress any = SocketAddresses.parse("10.0.0.1:0");
    for (ServiceKey key : Translation.keys(range)) {
      kernel.connections(key, any, 2, 1, Traffic.NONE);
    }
    reconciler.poll();

    assertThat(status(any).active()).isEqualTo(6);
    assertThat(status(any).inactive()).isEqualTo(3);
  }

  @Test
  void a_definition_that_the_load_balancer_follows_later_is_in_the_table_before() throws Exception {
    LoadBalancer web = apply(web("rr").build());
    web.control().adjust(A, WeightSource.AGENT, WeightAdjustment.factor(0.5, "busy"));
    VirtualService next = web("rr").realServer("10.0.0.3:80").build().withWeight(A, 8);

    reconciler.apply(List.of(new Assignment(next, web)));

    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.3=1 10.0.0.2=1 10.0.0.1=4\n");
    web.apply(next);
    kernel.asked();
    reconciler.sync(List.of(web));
    assertThat(kernel.asked()).isEmpty();
  }

  private Reconciler reconciler(boolean takesAll, boolean mends, SyncDaemon... sync) {
    return new Reconciler(
        new Reconciler.Settings(
            kernel::open,
            takesAll,
            mends,
            Duration.ofSeconds(60).toNanos(),
            List.of(sync),
            ticker,
            events::add));
  }

  private LoadBalancer apply(VirtualService service) throws Exception {
    Assignment assignment = assignment(service);
    reconciler.apply(List.of(assignment));
    assignment.balancer().apply(service);
    return assignment.balancer();
  }

  private Assignment assignment(VirtualService service) {
    LoadBalancer balancer =
        balancers.computeIfAbsent(
            service.name(), name -> LoadBalancer.builder(service).ticker(ticker).build());
    return new Assignment(service, balancer);
  }

  private LoadBalancer balancer(String name) {
    return Objects.requireNonNull(balancers.get(name));
  }

  private ServerStatus status(InetSocketAddress server) {
    return Objects.requireNonNull(balancer("web").status(server));
  }

  private void sync() {
    reconciler.sync(balancers.values());
  }

  private void poll(int times) {
    for (int i = 0; i < times; i++) {
      reconciler.poll();
    }
  }

  private static VirtualService.Builder web(String scheduler) {
    return VirtualService.tcp("192.0.2.1", 80)
        .name("web")
        .scheduler(scheduler)
        .realServer("10.0.0.1:80")
        .realServer("10.0.0.2:80");
  }

  private static VirtualService without(VirtualService service, InetSocketAddress server) {
    List<RealServer> left = new ArrayList<>(service.realServers());
    left.removeIf(each -> each.address().equals(server));
    return service.toBuilder().realServers(left).build();
  }

  private void somebodysDns() {
    kernel.somebody(
        new IpvsCommand.AddService(new IpvsService(OTHER, "wlc", 0, 0, -1, null)),
        new IpvsCommand.AddDestination(OTHER, IpvsDestination.nat(A, 3)));
  }
}
