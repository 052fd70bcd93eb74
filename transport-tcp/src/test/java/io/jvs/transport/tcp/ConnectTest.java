package io.jvs.transport.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent.ConnectionFailed;
import io.jvs.balancing.LoadBalancerEvent.FlowRefused;
import io.jvs.balancing.Refused;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.Transport.Assignment;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** From a client's arrival to a server that answers, and what can go wrong in between. */
class ConnectTest {
  @Engines
  void a_dead_server_is_not_noticed_by_clients(TcpEngine engine) throws Exception {
    try (TestServer dead = TestServer.echo();
        TestServer alive = TestServer.echo();
        Rig rig = Rig.of(engine, dead, alive)) {
      dead.kill();
      for (int i = 0; i < 20; i++) {
        Socket client = rig.client();
        Sockets.ping(client);
      }
      assertThat(alive.accepted()).isEqualTo(20);
      assertThat(rig.status(alive).active()).isEqualTo(20);
      assertThat(rig.status(dead).active()).isZero();
      assertThat(rig.status(dead).failed()).isPositive();
      assertThat(failures(rig))
          .isNotEmpty()
          .allSatisfy(
              failed -> {
                assertThat(failed.failure()).isEqualTo(Failure.NEVER_SENT);
                assertThat(failed.reason()).isEqualTo("connection refused");
              });
    }
  }

  @Engines
  void when_all_servers_are_dead_the_client_is_reset_and_the_refusal_is_told(TcpEngine engine)
      throws Exception {
    try (TestServer one = TestServer.echo();
        TestServer two = TestServer.echo();
        Rig rig = Rig.of(engine, one, two)) {
      one.kill();
      two.kill();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(failures(rig)).hasSize(2);
      assertThat(rig.events)
          .filteredOn(FlowRefused.class::isInstance)
          .singleElement()
          .satisfies(
              event ->
                  assertThat(((FlowRefused) event).refused().cause())
                      .isEqualTo(Refused.Cause.ALL_TRIED));
      rig.awaitConnections(0);
    }
  }

  @Engines
  void connect_times_out_and_another_server_gets_all_that_the_client_has_sent(TcpEngine engine)
      throws Exception {
    try (Blackhole blackhole = new Blackhole();
        TestServer alive = TestServer.echo();
        Rig rig =
            Rig.of(
                engine,
                service -> service.realServer(blackhole.realServer()).timeouts(connectWithin(400)),
                alive)) {
      // Newest first: the blackhole is asked before the other.
      Socket client = rig.client();
      Sockets.send(client, "sent before there is a server");
      client.shutdownOutput();
      assertThat(new String(client.getInputStream().readAllBytes(), US_ASCII))
          .isEqualTo("sent before there is a server");
      assertThat(failures(rig))
          .singleElement()
          .satisfies(
              failed -> assertThat(failed.reason()).isEqualTo("connect timed out after 400 ms"));
      rig.awaitConnections(0);
    }
  }

  @Engines
  void a_client_that_is_gone_before_it_has_a_server_is_given_up_without_blaming_the_server(
      TcpEngine engine) throws Exception {
    try (Blackhole blackhole = new Blackhole();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service.realServer(blackhole.realServer()).timeouts(connectWithin(60_000)))) {
      Socket client = rig.client();
      Sockets.send(client, "x");
      rig.awaitConnections(1);
      Sockets.reset(client);
      rig.awaitConnections(0); // long before the connect timeout
      assertThat(failures(rig)).isEmpty();
      assertThat(rig.status(blackhole.realServer()).failed()).isZero();
    }
  }

  @Engines
  void a_host_name_is_resolved_when_it_is_connected_to(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.at("127.0.0.1", TestServer.ECHO);
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service.realServer(RealServer.of("localhost:" + server.address().getPort())))) {
      Sockets.ping(rig.client());
    }
  }

  @Engines
  void a_host_name_without_an_address_is_a_server_that_cannot_be_reached(TcpEngine engine)
      throws Exception {
    String tooLong = "x".repeat(64) + ".test"; // a label has 63 at most, so nobody is asked
    try (TestServer alive = TestServer.echo();
        Rig rig =
            Rig.of(
                engine,
                service ->
                    service.realServer(
                        RealServer.of(InetSocketAddress.createUnresolved(tooLong, 80))),
                alive)) {
      Sockets.ping(rig.client());
      assertThat(failures(rig))
          .singleElement()
          .satisfies(failed -> assertThat(failed.reason()).contains(tooLong, "no address"));
    }
  }

  @Engines
  void a_policy_that_throws_costs_its_client_and_nobody_else(TcpEngine engine) throws Exception {
    AtomicInteger flows = new AtomicInteger();
    Scheduler broken =
        Scheduler.of(
            "moody",
            (servers, flow) -> {
              if (flows.incrementAndGet() % 2 == 0) {
                throw new IllegalStateException("not this one: " + flow);
              }
              return 0;
            });
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      VirtualService service = rig.balancer.service().toBuilder().scheduler("moody").build();
      rig.transport.apply(
          List.of(
              new Assignment(
                  service,
                  LoadBalancer.builder(service)
                      .schedulers(Schedulers.builtIn().with(broken))
                      .build())));
      for (int i = 0; i < 5; i++) {
        Sockets.ping(rig.client());
        assertThat(rig.endOfNewClient()).isEqualTo("reset");
      }
      assertThat(rig.transport.status().policyFailures()).isEqualTo(5);
    }
  }

  @Engines
  void clients_and_servers_may_be_of_different_families(TcpEngine engine) throws Exception {
    try (TestServer six = TestServer.at("::1", TestServer.ECHO);
        Rig fourToSix = Rig.of(engine, six)) {
      assertThat(fourToSix.address.getAddress()).isInstanceOf(Inet4Address.class);
      Sockets.ping(fourToSix.client());
    }
    InetSocketAddress address6 = Sockets.freeAddress(SocketAddresses.parseIp("::1"));
    try (TestServer four = TestServer.at("127.0.0.1", TestServer.ECHO);
        Rig sixToFour =
            Rig.of(
                engine,
                service -> service.address(VirtualAddress.of(Protocol.TCP, address6)),
                four)) {
      Sockets.ping(sixToFour.client());
    }
  }

  private static Timeouts connectWithin(long millis) {
    return Timeouts.DEFAULT.withConnect(Duration.ofMillis(millis));
  }

  private static List<ConnectionFailed> failures(Rig rig) {
    return rig.events.stream()
        .filter(ConnectionFailed.class::isInstance)
        .map(ConnectionFailed.class::cast)
        .toList();
  }
}
