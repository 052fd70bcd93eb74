package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.director.Director;
import io.jvs.model.Failover;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What becomes of open connections when their server, or the director, is to have none. */
class EndOfServerTest {
  private final InetSocketAddress address = Sockets.freeAddress();

  @Engines
  void a_drained_server_keeps_its_connections_until_the_deadline(TcpEngine engine)
      throws Exception {
    try (TestServer drained = TestServer.echo();
        TestServer other = TestServer.echo();
        Director director = director(engine, service(), drained, other)) {
      LoadBalancer web = director.balancer("web");
      try (Socket first = Sockets.connect(address)) {
        Sockets.ping(first);
        boolean isFirst = drained.accepted() == 1;
        try (Socket second = Sockets.connect(address)) {
          Sockets.ping(second);
          Socket doomed = isFirst ? first : second;
          Socket safe = isFirst ? second : first;
          AdminOrder drain = AdminOrder.of(Kind.DRAIN, "alice", "new kernel");
          web.control().order(drained.address(), Orderer.OPERATOR, drain);
          try (Socket later = Sockets.connect(address)) {
            Sockets.ping(later);
          }
          assertThat(drained.accepted()).as("nothing new").isEqualTo(1);
          Sockets.ping(doomed);

          Instant soon = web.now().plusMillis(300);
          web.control().order(drained.address(), Orderer.OPERATOR, drain.deadline(soon));
          assertThat(Sockets.ending(doomed)).isEqualTo("reset");
          assertThat(web.now()).isAfterOrEqualTo(soon);
          Sockets.ping(safe);
        }
      }
    }
  }

  @Engines
  void connections_of_a_server_that_goes_down_are_reset_if_asked(TcpEngine engine)
      throws Exception {
    Failover reset = new Failover(Failover.WhenDown.REMOVE, true, 0, 0, 0);
    try (TestServer server = TestServer.echo();
        Director director = director(engine, service().failover(reset), server);
        Socket client = Sockets.connect(address)) {
      Sockets.ping(client);
      director.balancer("web").markDown(server.address(), "test");
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      Sockets.await("nothing is open", () -> director.balancer("web").status().connections() == 0);
    }
  }

  @Engines
  void connections_of_a_server_that_goes_down_live_on_otherwise(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        Director director = director(engine, service(), server);
        Socket client = Sockets.connect(address)) {
      Sockets.ping(client);
      director.balancer("web").markDown(server.address(), "test");
      Sockets.ping(client);
    }
  }

  @Engines
  void a_director_that_stops_waits_for_its_connections_until_the_deadline(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Director director = director(engine, service(), server);
        Socket client = Sockets.connect(address)) {
      Sockets.ping(client);
      long start = System.nanoTime();
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(() -> director.close(Duration.ofMillis(400)));
      assertThat(Sockets.ending(client)).isEqualTo("reset");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(400));
      closed.get(20, TimeUnit.SECONDS);
    }
  }

  private VirtualService.Builder service() {
    return VirtualService.tcp(address).name("web").scheduler("rr");
  }

  private static Director director(
      TcpEngine engine, VirtualService.Builder service, TestServer... servers) {
    for (TestServer server : servers) {
      service.realServer(server.realServer());
    }
    Director director =
        Director.builder()
            .transport(TcpTransport.builder().engine(engine).eventLoopThreads(2).build())
            .build();
    director.apply(List.of(service.build()));
    return director;
  }
}
