package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancerEvent.FlowRefused;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Queue;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Clients that wait because all servers are full. */
class QueueTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @Engines
  void who_came_first_is_served_first_and_nobody_overtakes(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(10, LONG))) {
      Rig rig = house.rig;
      Socket inside = house.inside;
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < 5; i++) { // one after the other, over two loops
        waiting.add(house.oneMore("word" + i));
      }
      assertThat(rig.balancer.refused(Cause.ALL_FULL)).isZero();
      assertThat(status(rig).longestWait()).isPositive();
      for (int i = 0; i < 5; i++) {
        inside.close();
        inside = waiting.get(i);
        assertThat(Sockets.receive(inside, 5)).isEqualTo("word" + i);
        assertThat(rig.connections()).as("never more than the limit").isEqualTo(1);
        awaitWaiting(rig, 4 - i);
      }
      assertThat(status(rig).waited()).isEqualTo(5);
      assertThat(status(rig).waitedTogether()).isPositive();
    }
  }

  @Engines
  void who_has_waited_long_enough_is_reset(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(10, Duration.ofMillis(200)))) {
      Rig rig = house.rig;
      long start = System.nanoTime();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
      assertThat(rig.balancer.refused(Cause.QUEUE_TIMEOUT)).isEqualTo(1);
      assertThat(rig.events)
          .filteredOn(FlowRefused.class::isInstance)
          .singleElement()
          .asString()
          .startsWith("web: refused (queue-timeout): has waited for ");
      rig.awaitConnections(1);
    }
  }

  @Engines
  void a_full_queue_refuses(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(2, LONG))) {
      Rig rig = house.rig;
      house.oneMore();
      house.oneMore();
      assertThat(rig.endOfNewClient()).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.QUEUE_FULL)).isEqualTo(1);
      assertThat(status(rig).waiting()).isEqualTo(2);
      assertThat(status(rig).connections()).as("those that wait count").isEqualTo(3);
    }
  }

  @Engines
  void the_fallback_answers_when_waiting_is_over_or_there_is_no_place(TcpEngine engine)
      throws Exception {
    try (TestServer sorry = TestServer.that(socket -> Sockets.send(socket, "sorry"));
        FullHouse house =
            new FullHouse(
                engine,
                new Queue(1, Duration.ofSeconds(2)),
                service -> service.fallback(sorry.realServer()))) {
      Rig rig = house.rig;
      Socket waits = house.oneMore();
      assertThat(Sockets.receive(rig.client(), 5)).as("no place in the queue").isEqualTo("sorry");
      assertThat(Sockets.receive(waits, 5)).as("has waited").isEqualTo("sorry");
      assertThat(rig.balancer.refused(Cause.QUEUE_TIMEOUT)).isZero();
    }
  }

  @Engines
  void who_goes_away_leaves_the_queue_at_once(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(2, LONG))) {
      Rig rig = house.rig;
      Socket inside = house.inside;
      Socket impatient = house.oneMore();
      Socket patient = house.oneMore();
      Sockets.reset(impatient);
      awaitWaiting(rig, 1);
      Socket late = house.oneMore();
      inside.close();
      Sockets.ping(patient);
      patient.close();
      Sockets.ping(late);
    }
  }

  @Engines
  void what_a_waiting_client_sends_comes_to_its_server_whole(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(2, LONG))) {
      Rig rig = house.rig;
      Socket inside = house.inside;
      Socket client = rig.client();
      byte[] much = new byte[4_000_000];
      for (int i = 0; i < much.length; i++) {
        much[i] = (byte) (i * 31);
      }
      CompletableFuture<Void> sent =
          CompletableFuture.runAsync(
              () -> {
                try {
                  client.getOutputStream().write(much);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      awaitWaiting(rig, 1);
      inside.close();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
      sent.get(10, TimeUnit.SECONDS);
    }
  }

  @Engines
  void servers_that_come_and_limits_and_weights_that_change_wake_those_who_wait(TcpEngine engine)
      throws Exception {
    try (TestServer other = TestServer.echo();
        TestServer third = TestServer.echo();
        FullHouse house = new FullHouse(engine, new Queue(5, LONG))) {
      Rig rig = house.rig;
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        waiting.add(house.oneMore());
      }
      VirtualService service = rig.balancer.service();
      RealServer wider = house.server.realServer().withLimits(new ConnectionLimits(2, 2));
      service = service.toBuilder().realServers(List.of(wider)).build();
      rig.balancer.apply(service);
      Sockets.ping(waiting.get(0));
      RealServer second = other.realServer().withLimits(new ConnectionLimits(1, 1));
      RealServer quiesced = third.realServer().withWeight(0);
      service = service.toBuilder().realServers(List.of(wider, second, quiesced)).build();
      rig.balancer.apply(service);
      Sockets.ping(waiting.get(1));
      awaitWaiting(rig, 1);
      rig.balancer.apply(service.withWeight(third.address(), 1));
      Sockets.ping(waiting.get(2));
    }
  }

  @Engines
  void a_server_that_comes_up_wakes_those_who_wait(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        TestServer other = TestServer.echo();
        Rig rig =
            Rig.of(
                engine,
                limited(server, 1, new Queue(5, LONG))
                        .andThen(service -> service.realServer(other.realServer()))
                    ::apply)) {
      rig.balancer.markDown(other.address(), "test");
      Sockets.ping(rig.client());
      Socket waits = rig.client();
      awaitWaiting(rig, 1);
      rig.balancer.markUp(other.address());
      Sockets.ping(waits);
      assertThat(other.accepted()).isEqualTo(1);
    }
  }

  @Engines
  void a_queue_that_is_taken_away_refuses_those_who_wait(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(5, LONG))) {
      Rig rig = house.rig;
      Socket waits = house.oneMore();
      VirtualService without =
          rig.balancer.service().toBuilder().limits(ServiceLimits.NONE).build();
      rig.apply(without);
      rig.balancer.apply(without);
      assertThat(Sockets.ending(waits)).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.ALL_FULL)).isEqualTo(1);
    }
  }

  @Engines
  void draining_refuses_those_who_wait_and_lets_others_finish(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(5, LONG))) {
      Rig rig = house.rig;
      Socket inside = house.inside;
      Socket waits = house.oneMore();
      CompletableFuture<Void> closed =
          CompletableFuture.runAsync(() -> rig.transport.close(Duration.ofMinutes(5)));
      assertThat(Sockets.ending(waits)).isEqualTo("reset");
      assertThat(rig.balancer.refused(Cause.CLOSED)).isEqualTo(1);
      Sockets.ping(inside);
      inside.close();
      closed.get(10, TimeUnit.SECONDS);
    }
  }

  @Engines
  void a_removed_service_refuses_those_who_wait(TcpEngine engine) throws Exception {
    try (FullHouse house = new FullHouse(engine, new Queue(5, LONG))) {
      Rig rig = house.rig;
      Socket inside = house.inside;
      Socket waits = house.oneMore();
      rig.apply();
      assertThat(Sockets.ending(waits)).isEqualTo("reset");
      Sockets.ping(inside);
    }
  }

  /** Many more clients than places, all at once: each is served, and never too many together. */
  @Engines
  void a_crowd_is_served_to_the_last(TcpEngine engine) throws Exception {
    int clients = 200;
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, limited(server, 3, new Queue(clients, LONG)))) {
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int n = 0; n < clients / 8; n++) {
                    try (Socket client = Sockets.connect(rig.address)) {
                      Sockets.ping(client);
                      // Of two loops that see two at the same moment each lets one in.
                      if (rig.status(server).active() > 4) {
                        throw new AssertionError("more than the limit: " + rig.balancer.status());
                      }
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }
                }));
      }
      for (CompletableFuture<Void> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
      assertThat(server.accepted()).isEqualTo(clients);
      rig.awaitConnections(0);
      assertThat(status(rig).waiting()).isZero();
      assertThat(status(rig).connections()).isZero();
    }
  }

  /** A server with one place, which somebody has. */
  private static final class FullHouse implements AutoCloseable {
    final TestServer server = TestServer.echo();
    final Rig rig;
    final Socket inside;

    FullHouse(TcpEngine engine, Queue queue) throws Exception {
      this(engine, queue, service -> service);
    }

    FullHouse(TcpEngine engine, Queue queue, UnaryOperator<VirtualService.Builder> more)
        throws Exception {
      rig = Rig.of(engine, service -> more.apply(limited(server, 1, queue).apply(service)));
      inside = rig.client();
      Sockets.ping(inside);
    }

    /** One more who waits. */
    Socket oneMore(String... words) throws Exception {
      int before = status(rig).waiting();
      Socket client = rig.client();
      for (String word : words) {
        Sockets.send(client, word);
      }
      awaitWaiting(rig, before + 1);
      return client;
    }

    @Override
    public void close() throws IOException {
      rig.close();
      server.close();
    }
  }

  private static UnaryOperator<VirtualService.Builder> limited(
      TestServer server, int connections, Queue queue) {
    return service ->
        service
            .limits(new ServiceLimits(0, 0, null, null, queue))
            .realServer(
                server.realServer().withLimits(new ConnectionLimits(connections, connections)));
  }

  private static IntakeStatus status(Rig rig) {
    return Objects.requireNonNull(rig.balancer.status().intake());
  }

  private static void awaitWaiting(Rig rig, int expected) {
    Sockets.await(
        expected + " wait, not " + rig.balancer.status().intake(),
        () -> status(rig).waiting() == expected);
  }
}
