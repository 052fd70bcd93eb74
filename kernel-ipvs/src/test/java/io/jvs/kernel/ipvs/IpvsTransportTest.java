package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.director.Director;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Threads, listeners and ends; what is written is the reconciler's. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class IpvsTransportTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final ServiceKey WEB =
      new ServiceKey.Address(ServiceKey.TCP, SocketAddresses.parseIp("192.0.2.1"), 80);

  private final ModelKernel kernel = new ModelKernel();
  private final LoadBalancer balancer = LoadBalancer.of(web());

  @Test
  void orders_reach_the_kernel_by_themselves_many_at_once_in_one_batch() throws Exception {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    IpvsTransport ipvs = builder().onExit(IpvsTransport.OnExit.LEAVE).thread(thread).build();
    try (Closing transport = new Closing(ipvs, balancer)) {
      transport.apply(web());
      kernel.asked();
      CountDownLatch all = new CountDownLatch(1);
      Future<Boolean> busy = thread.submit(() -> all.await(10, TimeUnit.SECONDS));
      for (int weight = 2; weight <= 50; weight++) {
        balancer.control().order(A, Orderer.OPERATOR, AdminOrder.weight(weight, "alice", ""));
      }
      all.countDown();
      assertThat(busy.get(10, TimeUnit.SECONDS)).isTrue();
      kernel.await("the last weight", () -> kernel.text().contains("10.0.0.1=50"));

      assertThat(kernel.asked())
          .containsExactly(new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 50)));
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void what_has_left_the_director_is_heard_no_more() throws Exception {
    try (Closing transport = transport(IpvsTransport.OnExit.LEAVE)) {
      transport.apply(web());
      transport.ipvs.apply(List.of());
      kernel.await("the service has left", () -> kernel.text().isEmpty());
      kernel.asked();
      balancer.markDown(A, "dead");
      transport.ipvs.apply(List.of());

      assertThat(kernel.asked()).isEmpty();
    }
  }

  @Test
  void a_director_carries_a_service_and_takes_it_back() {
    Director director = Director.builder().transport(builder().build()).build();
    director.apply(List.of(web()));
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");
    director.apply(List.of(web().withWeight(A, 9)));
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=9\n");

    director.close(Duration.ofSeconds(5));

    assertThat(kernel.text()).isEmpty();
    assertThat(kernel.isClosed()).isTrue();
  }

  @Test
  void closing_waits_for_connections_that_end_in_time() throws Exception {
    Closing transport = transport(IpvsTransport.OnExit.REMOVE);
    transport.apply(web());
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);
    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(() -> transport.ipvs.close(Duration.ofSeconds(30)));
    kernel.await("nothing new", () -> kernel.text().contains("10.0.0.1=0"));
    assertThat(closed).isNotDone();
    kernel.connections(WEB, A, 0, 0, Traffic.NONE);

    closed.get(10, TimeUnit.SECONDS);
    assertThat(kernel.text()).isEmpty();
  }

  @Test
  void closing_deletes_what_is_left_at_the_deadline() throws Exception {
    Closing transport = transport(IpvsTransport.OnExit.REMOVE);
    transport.apply(web());
    kernel.connections(WEB, A, 1, 0, Traffic.NONE);

    transport.ipvs.close(Duration.ofMillis(20));
    transport.ipvs.close(Duration.ofSeconds(30));

    assertThat(kernel.text()).isEmpty();
    assertThatThrownBy(() -> transport.apply(web())).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closing_may_leave_the_table_or_quiesce_it() throws Exception {
    try (Closing leaves = transport(IpvsTransport.OnExit.LEAVE)) {
      leaves.apply(web());
    }
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1 10.0.0.1=1\n");

    try (Closing quiesces = transport(IpvsTransport.OnExit.QUIESCE)) {
      quiesces.apply(web());
    }
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=0 10.0.0.1=0\n");
  }

  @Test
  void what_was_heard_last_is_still_written() throws Exception {
    try (Closing leaves = transport(IpvsTransport.OnExit.LEAVE)) {
      leaves.apply(web());
      balancer.markDown(A, "dead");
    }
    assertThat(kernel.text()).isEqualTo("TCP 192.0.2.1:80 rr 10.0.0.2=1\n");
  }

  @Test
  void failures_say_what_and_why_and_leave_nothing_behind() throws Exception {
    try (Closing transport = transport(IpvsTransport.OnExit.LEAVE)) {
      VirtualService twos = web().toBuilder().scheduler("twos").build();
      assertThatThrownBy(() -> transport.apply(twos))
          .isInstanceOf(TransportException.class)
          .hasMessage("IPVS table: TCP 192.0.2.1:80: errno 2");
      assertThatThrownBy(() -> transport.apply(web().toBuilder().scheduler("ewma").build()))
          .isInstanceOf(UnsupportedServiceException.class);
      kernel.gone("operation not permitted");
      assertThatThrownBy(() -> transport.apply(web()))
          .isInstanceOf(TransportException.class)
          .hasMessage("IPVS table: operation not permitted");
      assertThat(transport.ipvs.status().trouble()).isEqualTo("operation not permitted");
      kernel.gone(null);
      assertThat(kernel.text()).isEmpty();
      transport.apply(web());
      assertThat(transport.ipvs.status()).isEqualTo(new IpvsStatus(null, 1, 2, 0, 3, 1, 0));
    }
  }

  @Test
  void a_kernel_that_comes_back_is_caught_up_with() throws Exception {
    try (Closing transport = transport(IpvsTransport.OnExit.LEAVE)) {
      transport.apply(web());
      kernel.gone("no such device");
      kernel.await("it is noticed", () -> transport.ipvs.status().trouble() != null);
      balancer.markDown(A, "dead");
      kernel.gone(null);

      kernel.await("A is out", () -> !kernel.text().contains("10.0.0.1="));
      assertThat(kernel.opened()).isGreaterThan(1);
    }
  }

  @Test
  void plans_are_what_it_would_do() throws Exception {
    List<Step> fresh = IpvsPlan.of(kernel.snapshot(), List.of(web()), false);
    assertThat(fresh).extracting(Step::reason).containsExactly("new", "new", "new");
    try (Closing transport = transport(IpvsTransport.OnExit.LEAVE)) {
      transport.apply(web());
    }
    assertThat(kernel.asked()).isEqualTo(fresh.stream().map(Step::command).toList());
    assertThat(IpvsPlan.of(kernel.snapshot(), List.of(web()), true)).isEmpty();

    VirtualService onlyB =
        web().toBuilder().realServers(List.of(RealServer.of("10.0.0.2:80"))).build();
    kernel.connections(WEB, A, 3, 0, Traffic.NONE);
    assertThat(IpvsPlan.of(kernel.snapshot(), List.of(onlyB), false))
        .containsExactly(
            new Step(
                new IpvsCommand.EditDestination(WEB, IpvsDestination.nat(A, 0)),
                "weight 1 -> 0: not in the definition, deleted when its connections end"));
    assertThat(IpvsPlan.of(kernel.snapshot(), List.of(), false)).as("another's").isEmpty();
    assertThat(IpvsPlan.of(kernel.snapshot(), List.of(), true)).hasSize(2);
  }

  @Test
  void settings_that_make_no_sense_are_refused() {
    assertThatThrownBy(() -> builder().pollInterval(Duration.ofMillis(9)))
        .hasMessage("poll interval PT0.009S (expected: 10 ms to 1 h)");
    assertThatThrownBy(() -> builder().drainAtMost(Duration.ofDays(32)))
        .hasMessage("drain at most PT768H (expected: 0 to 31 days)");
    SyncDaemon master = new SyncDaemon(SyncDaemon.Role.MASTER, 1, "eth0", 0, null, 0, 0);
    assertThatThrownBy(() -> builder().sync(master).sync(master))
        .hasMessageContaining("one of each role at most");
  }

  private IpvsTransport.Builder builder() {
    return IpvsTransport.builder().table(kernel::open).pollInterval(Duration.ofMillis(20));
  }

  private Closing transport(IpvsTransport.OnExit onExit) {
    return new Closing(builder().onExit(onExit).build(), balancer);
  }

  private record Closing(IpvsTransport ipvs, LoadBalancer balancer) implements AutoCloseable {
    void apply(VirtualService service) {
      ipvs.apply(List.of(new Assignment(service, balancer)));
      balancer.apply(service);
    }

    @Override
    public void close() {
      ipvs.close(Duration.ZERO);
    }
  }

  private static VirtualService web() {
    return VirtualService.tcp("192.0.2.1", 80)
        .name("web")
        .scheduler("rr")
        .realServer("10.0.0.1:80")
        .realServer("10.0.0.2:80")
        .build();
  }
}
