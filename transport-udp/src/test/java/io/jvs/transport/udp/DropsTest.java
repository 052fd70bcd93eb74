package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Rate;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.Transport.Assignment;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Whatever comes no further is counted, with its reason. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DropsTest {
  private static final int UDP_SEGMENT = 103; // udp(7)
  private static final int SIZE = 1000;

  private static long dropped(Rig rig, UdpDrop why) {
    return rig.transport.status().dropped(why);
  }

  /** The loop is held up while more come than the system keeps. */
  @Test
  void what_the_system_had_no_room_for_is_counted_and_said_once() throws Exception {
    List<String> lines = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger(UdpTransport.class.getName());
    logger.setFilter(
        record -> {
          lines.add(record.getLevel() + " " + record.getMessage());
          return false;
        });
    HeldLoop loop = new HeldLoop();
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                loop.transport(),
                service -> service.transportOptions(UdpOptions.DEFAULT.withResponses(0)),
                server)) {
      Peer client = rig.client();
      client.send(rig.address, new byte[SIZE]);
      loop.held.await();
      int sent = 1;
      for (; sent < 20_000; sent++) {
        client.send(rig.address, new byte[SIZE]);
      }
      loop.letGo();
      AtomicInteger all = new AtomicInteger(sent);
      Rig.await(
          "all are accounted for",
          () -> {
            if (rig.status(server).bytesFromClients() / SIZE
                    + dropped(rig, UdpDrop.CLIENT_QUEUE_FULL)
                == all.get()) {
              return true;
            }
            // What was lost after the last one that was kept is told with the next one.
            send(client, rig.address);
            all.incrementAndGet();
            return false;
          });
      assertThat(dropped(rig, UdpDrop.CLIENT_QUEUE_FULL)).isPositive();
      assertThat(lines.stream().filter(line -> line.contains("client-queue-full")))
          .singleElement()
          .asString()
          .startsWith("WARNING udp: clients of 127.0.0.1:")
          .contains("send faster than they are served");
    } finally {
      logger.setFilter(null);
    }
  }

  @Test
  void answers_that_the_system_had_no_room_for_are_counted() throws Exception {
    HeldLoop loop = new HeldLoop();
    try (Peer server = Peer.server();
        Rig rig = Rig.of(loop.transport(), "127.0.0.1", service -> service, server)) {
      rig.client().send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      Peer other = rig.client();
      other.send(rig.address, "another one");
      server.receive();
      rig.transport.reset(flow -> flow.client().equals(other.address()), "to hold the loop up");
      loop.held.await();
      AtomicInteger all = new AtomicInteger();
      for (; all.get() < 10_000; all.incrementAndGet()) {
        server.send(port, new byte[SIZE]);
      }
      loop.letGo();
      Rig.await(
          "all are accounted for",
          () -> {
            if (rig.status(server).bytesToClients() / SIZE + dropped(rig, UdpDrop.SERVER_QUEUE_FULL)
                == all.get()) {
              return true;
            }
            send(server, port); // as above
            all.incrementAndGet();
            return false;
          });
      assertThat(dropped(rig, UdpDrop.SERVER_QUEUE_FULL)).isPositive();
      assertThat(dropped(rig, UdpDrop.CLIENT_QUEUE_FULL)).isZero();
    }
  }

  /** The only event loop of a transport: it waits when it has told of an end. */
  private static final class HeldLoop {
    final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    UdpTransport.Builder transport() {
      return UdpTransport.builder()
          .engine(UdpEngine.EPOLL)
          .eventLoopThreads(1)
          .connectionListener(this::hold);
    }

    private void hold(ClosedConnection end) {
      held.countDown();
      try {
        var unused = go.await(1, TimeUnit.MINUTES); // not for ever, if the test has failed
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void letGo() {
      go.countDown();
    }
  }

  private static void send(Peer client, InetSocketAddress to) {
    try {
      client.send(to, new byte[SIZE]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_jdk_says_nothing_of_full_queues() throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(UdpEngine.NIO, server)) {
      assertThat(rig.transport.status().drops())
          .doesNotContainKeys(UdpDrop.CLIENT_QUEUE_FULL, UdpDrop.SERVER_QUEUE_FULL)
          .containsEntry(UdpDrop.STRAY, 0L);
    }
  }

  /** IPv6 lets a datagram have 20 bytes more than IPv4. */
  @Engines
  void one_that_is_too_long_for_its_server_is_counted_as_that(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                "::1",
                service -> service,
                server)) {
      Peer client = rig.client();
      client.send(rig.address, new byte[65_520]);
      Rig.await("too long", () -> dropped(rig, UdpDrop.TOO_LONG) == 1);
      client.send(rig.address, "short");
      assertThat(server.receive().text()).isEqualTo("short");
    }
  }

  @Test
  void one_that_the_system_forbids_is_counted_as_that() throws Exception {
    try (Rig rig =
        Rig.of(
            UdpEngine.EPOLL,
            service -> service.realServer(RealServer.of("255.255.255.255:9")))) { // no SO_BROADCAST
      rig.client().send(rig.address, "to everybody");
      Rig.await("not sent", () -> dropped(rig, UdpDrop.NOT_SENT) == 1);
    }
  }

  @Engines
  void new_clients_of_a_service_that_is_gone_are_counted(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();
      rig.transport.apply(List.of());
      List<Peer> others = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Peer other = rig.client();
        other.send(rig.address, "too late");
        others.add(other);
      }
      // Those on the loop whose socket is kept for the flow; each loop has one, and all are kept.
      Rig.await("no service", () -> dropped(rig, UdpDrop.NO_SERVICE) == others.size());
      server.send(port, "answer");
      assertThat(client.receive().text()).isEqualTo("answer");
    }
  }

  @Engines
  void a_policy_that_fails_costs_the_datagram(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      LoadBalancer broken =
          LoadBalancer.builder(rig.service.toBuilder().scheduler("broken").build())
              .schedulers(BrokenScheduler.ADDED)
              .build();
      rig.transport.apply(List.of(new Assignment(rig.service, broken)));
      rig.client().send(rig.address, "question");
      Rig.await("a failure", () -> dropped(rig, UdpDrop.POLICY_FAILED) == 1);
    }
  }

  /** A train of datagrams comes as one message, and may be cut. */
  @Test
  void the_first_datagrams_of_a_train_may_go_on() throws Exception {
    LinuxSocket client = LinuxSocket.newSocketDgram(false);
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpEngine.EPOLL,
                service ->
                    service.limits(
                        ServiceLimits.NONE.withPacketsPerClient(
                            new Rate(7, Duration.ofDays(1), 7))),
                server)) {
      client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client.setIntOpt(17, UDP_SEGMENT, 100);
      ByteBuffer train = ByteBuffer.allocateDirect(950);
      for (int i = 0; i < train.capacity(); i++) {
        train.put(i, (byte) (i / 100));
      }
      client.sendTo(train, 0, 950, rig.address.getAddress(), rig.address.getPort());

      for (byte i = 0; i < 7; i++) {
        assertThat(server.receive().payload()).hasSize(100).containsOnly(i);
      }
      Rig.await("three dropped", () -> dropped(rig, UdpDrop.TOO_MANY_PACKETS) == 3);
      Rig.await("seven counted", () -> rig.status(server).bytesFromClients() == 700);
    } finally {
      client.close();
    }
  }
}
