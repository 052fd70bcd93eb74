package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Protocol;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.LiveConnection.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

/** What can be seen of flows while they last, and how they are ended from outside. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowListTest {
  private static LiveConnection only(Rig rig) {
    List<LiveConnection> all = rig.transport.connections().toList();
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private static Duration idle(Rig rig) {
    return Objects.requireNonNull(only(rig).idle());
  }

  private static void sendAgain(Peer client, Rig rig) {
    try {
      client.send(rig.address, "again");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Engines
  void a_flow_is_shown_from_its_first_datagram_on(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      assertThat(rig.transport.connections()).isEmpty();
      Peer client = rig.client();
      client.send(rig.address, "question");
      InetSocketAddress port = server.receive().from();

      LiveConnection asked = only(rig);
      assertThat(asked.protocol()).isEqualTo(Protocol.UDP);
      assertThat(asked.service()).isEqualTo("dns");
      assertThat(asked.client()).isEqualTo(client.address());
      assertThat(asked.virtualAddress()).isEqualTo(rig.address);
      assertThat(asked.server()).isEqualTo(server.realServer());
      assertThat(asked.state()).isEqualTo(State.UNANSWERED);
      assertThat(asked.attempts()).isEqualTo(1);
      assertThat(asked.bytesToClient()).isZero();
      assertThat(asked.age()).isPositive();
      assertThat(asked.idle()).isBetween(Duration.ZERO, asked.age());

      server.send(port, "the answer");
      client.receive();
      Rig.await("counted", () -> only(rig).bytesToClient() == 10);
      LiveConnection answered = only(rig);
      assertThat(answered.state()).isEqualTo(State.OPEN);
      assertThat(answered.bytesFromClient()).isEqualTo(8);
      assertThat(answered.id()).isEqualTo(asked.id());
    }
  }

  @Engines
  void its_idle_time_grows_until_a_datagram_comes(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer client = rig.client();
      client.send(rig.address, "question");
      server.receive();
      Rig.await("idle", () -> idle(rig).compareTo(Duration.ofMillis(600)) > 0);

      Rig.await(
          "not idle",
          () -> {
            sendAgain(client, rig);
            return idle(rig).compareTo(Duration.ofMillis(400)) < 0;
          });
      assertThat(only(rig).age()).isGreaterThan(Duration.ofMillis(600));
    }
  }

  @Engines
  void flows_that_are_reset_are_over_and_others_are_not(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, server)) {
      Peer ann = rig.client();
      Peer bob = rig.client();
      ann.send(rig.address, "from ann");
      InetSocketAddress before = server.receive().from();
      bob.send(rig.address, "from bob");
      server.receive();

      int reset =
          rig.transport.reset(
              flow -> flow.client().equals(ann.address()), "reset by somebody who tests");

      assertThat(reset).isEqualTo(1);
      Rig.await("one flow", () -> rig.flows() == 1);
      assertThat(only(rig).client()).isEqualTo(bob.address());
      ann.send(rig.address, "again");
      assertThat(server.receive().from()).isNotEqualTo(before);
      Rig.await("a new one", () -> rig.transport.connections().count() == 2);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void those_of_single_datagrams_are_not_shown(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig = Rig.of(engine, service -> service.onePacket(true), server)) {
      rig.client().send(rig.address, "question");
      server.receive();
      assertThat(rig.flows()).isEqualTo(1);
      assertThat(rig.transport.connections()).isEmpty();
    }
  }

  /** A look takes no lock and misses no flow that stays, while others come and go. */
  @Engines
  void a_look_meets_all_that_stay(UdpEngine engine) throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(2).maxFlows(400),
                service -> service,
                server)) {
      Set<InetSocketAddress> staying = new HashSet<>();
      for (int i = 0; i < 20; i++) {
        Peer client = rig.client();
        client.send(rig.address, "stay");
        server.send(server.receive().from(), "yes"); // so that others are evicted before it
        client.receive();
        staying.add(client.address());
      }
      AtomicBoolean missed = new AtomicBoolean();
      AtomicBoolean over = new AtomicBoolean();
      Thread looking =
          new Thread(
              () -> {
                while (!over.get()) {
                  List<InetSocketAddress> seen = new ArrayList<>();
                  rig.transport.connections().forEach(flow -> seen.add(flow.client()));
                  if (!seen.containsAll(staying)) {
                    missed.set(true);
                  }
                }
              });
      looking.start();
      for (int i = 0; i < 1500; i++) {
        try (Peer passing = Peer.at("127.0.0.1")) {
          passing.send(rig.address, "pass");
          server.receive();
        }
      }
      over.set(true);
      looking.join();
      assertThat(missed).isFalse();
      assertThat(rig.transport.status().evicted()).isPositive();
    }
  }
}
