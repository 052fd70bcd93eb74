package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.transport.udp.Peer.Received;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Texts begin with two bytes that stand for an id, as questions and answers of DNS do. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SecondTriesTest {
  private static final int UDP_SEGMENT = 103; // udp(7)
  private static final UdpOptions ONE_ANSWER = UdpOptions.DEFAULT.withResponses(1);

  /** Linux tells of unreachable ports; the JDK's channels do not. */
  @Test
  void all_that_a_dead_server_owes_goes_to_another_one() throws Exception {
    Peer dying = Peer.server();
    try (Peer alive = Peer.server();
        Rig rig =
            Rig.of(
                UdpEngine.EPOLL,
                service -> service.transportOptions(ONE_ANSWER),
                alive,
                dying)) { // rr begins with the newest
      Peer client = rig.client();
      InetSocketAddress port = ask(client, rig, dying, "1 one", "2 two", "3 three");
      dying.send(port, "2 answer");
      assertThat(client.receive().text()).isEqualTo("2 answer");
      dying.close();

      client.send(rig.address, "4 four");

      for (String question : List.of("1 one", "3 three", "4 four")) {
        Received asked = alive.receive();
        assertThat(asked.text()).isEqualTo(question);
        alive.send(asked.from(), "answer to " + question);
        assertThat(client.receive().text()).isEqualTo("answer to " + question);
      }
      Rig.await("no flow", () -> rig.flows() == 0);
      assertThat(rig.status(dying).failed()).isEqualTo(1);
      assertThat(rig.status(alive).failed()).isZero();
      assertThat(alive.receive(50)).isNull();
    }
  }

  @Test
  void where_nobody_knows_how_many_answers_come_all_is_owed_until_the_first() throws Exception {
    Peer dying = Peer.server();
    try (Peer alive = Peer.server();
        Rig rig = Rig.of(UdpEngine.EPOLL, alive, dying)) {
      Peer client = rig.client();
      ask(client, rig, dying, "1 one", "2 two");
      dying.close();
      client.send(rig.address, "3 three");
      assertThat(alive.receive().text()).isEqualTo("1 one");
      assertThat(alive.receive().text()).isEqualTo("2 two");
      Received last = alive.receive();
      assertThat(last.text()).isEqualTo("3 three");
      alive.send(last.from(), "an answer");
      assertThat(client.receive().text()).isEqualTo("an answer");
      assertThat(rig.flows()).isEqualTo(1);
    }
  }

  @Test
  void with_one_packet_scheduling_a_dead_server_is_blamed_and_nothing_is_counted()
      throws Exception {
    Peer dead = Peer.server();
    dead.close();
    try (Peer alive = Peer.server();
        Rig rig =
            Rig.of(
                UdpEngine.EPOLL,
                service -> service.onePacket(true).transportOptions(ONE_ANSWER),
                alive,
                dead)) {
      Peer client = rig.client();
      client.send(rig.address, "1 one");
      Received asked = alive.receive();
      assertThat(asked.text()).isEqualTo("1 one");

      assertThat(rig.flows()).isEqualTo(1);
      Rig.await("nothing counted", () -> rig.balancer.status().connections() == 0);
      assertThat(rig.status(dead).failed()).isEqualTo(1);

      alive.send(asked.from(), "1 answer");
      assertThat(client.receive().text()).isEqualTo("1 answer");
      assertThat(rig.status(alive).failed()).isZero();
    }
  }

  @Engines
  void what_was_asked_before_a_reload_told_of_responses_is_owed_still(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(engine).eventLoopThreads(1),
                service -> service,
                server)) {
      Peer client = rig.client();
      InetSocketAddress port = ask(client, rig, server, "1 one");
      rig.apply(rig.service.toBuilder().transportOptions(ONE_ANSWER).build());
      ask(client, rig, server, "2 two");
      server.send(port, "2 answer");
      assertThat(client.receive().text()).isEqualTo("2 answer");
      Rig.await("no flow", () -> rig.flows() == 0);

      Peer next = rig.client();
      InetSocketAddress nextPort = ask(next, rig, server, "3 three");
      assertThat(nextPort).as("a port that may get late answers").isNotEqualTo(port);
      server.send(port, "1 answer");
      Rig.await("a stray", () -> rig.transport.status().dropped(UdpDrop.STRAY) == 1);
    }
  }

  @Engines
  void a_server_owes_nothing_for_questions_that_were_answered_before_that_reload(UdpEngine engine)
      throws Exception {
    try (Peer server = Peer.server();
        Rig rig =
            Rig.of(engine, service -> service.timeouts(Rig.idle(Duration.ofSeconds(3))), server)) {
      Peer client = rig.client();
      InetSocketAddress port = ask(client, rig, server, "1 one");
      rig.apply(
          rig.service.toBuilder()
              .transportOptions(ONE_ANSWER.withRetryAfter(Duration.ofSeconds(1)))
              .build());
      server.send(port, "1 answer");
      assertThat(client.receive().text()).isEqualTo("1 answer");
      Rig.await("no flow", () -> rig.flows() == 0);
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void a_client_that_asks_on_does_not_hide_that_its_server_is_silent(UdpEngine engine)
      throws Exception {
    try (Peer alive = Peer.server();
        Peer silent = Peer.server();
        Rig rig = impatient(engine, 1_000, alive, silent)) {
      Peer client = rig.client();
      InetSocketAddress port = ask(client, rig, silent, "1 one", "2 two");
      silent.send(port, "1 answer"); // and that is the last one
      assertThat(client.receive().text()).isEqualTo("1 answer");

      List<String> asked = new ArrayList<>(List.of("2 two"));
      @Nullable Received first = null;
      while (first == null && asked.size() < 40) {
        String next = asked.size() + 20 + " more";
        client.send(rig.address, next);
        asked.add(next);
        first = alive.receive(50);
      }

      assertThat(first).isNotNull();
      assertThat(first.text()).isEqualTo("2 two");
      assertThat(rig.status(silent).failed()).isEqualTo(1);
      for (String question : asked.subList(1, asked.size())) {
        assertThat(alive.receive().text()).isEqualTo(question);
      }
    }
  }

  @Engines
  void a_server_that_answers_others_of_a_client_is_not_silent(UdpEngine engine) throws Exception {
    try (Peer other = Peer.server();
        Peer server = Peer.server();
        Rig rig = impatient(engine, 1_500, other, server)) {
      Peer client = rig.client();
      InetSocketAddress port = ask(client, rig, server, "1 that nobody answers");
      for (int i = 0; i < 40; i++) {
        ask(client, rig, server, "2 question " + i);
        server.send(port, "2 answer " + i);
        assertThat(client.receive().text()).isEqualTo("2 answer " + i);
        assertThat(other.receive(50)).as("a second try, meanwhile").isNull();
      }

      assertThat(other.receive().text()).as("when there are no more").startsWith("1 that");
    }
  }

  @Test
  void each_datagram_of_a_train_is_a_question() throws Exception {
    Peer dying = Peer.server();
    LinuxSocket client = LinuxSocket.newSocketDgram(false);
    try (Peer alive = Peer.server();
        Rig rig = Rig.of(UdpEngine.EPOLL, alive, dying)) {
      client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      client.setIntOpt(17, UDP_SEGMENT, 5);
      send(client, rig, "1 one2 two3");
      for (String question : List.of("1 one", "2 two", "3")) {
        assertThat(dying.receive().text()).isEqualTo(question);
      }
      dying.close();

      send(client, rig, "4");

      for (String question : List.of("1 one", "2 two", "3", "4")) {
        assertThat(alive.receive().text()).isEqualTo(question);
      }
    } finally {
      client.close();
    }
  }

  /** Servers have so long for an answer; the last one is asked first. */
  private static Rig impatient(UdpEngine engine, int millis, Peer... servers) throws IOException {
    UdpOptions options = ONE_ANSWER.withRetryAfter(Duration.ofMillis(millis));
    return Rig.of(engine, service -> service.transportOptions(options), servers);
  }

  private static void send(LinuxSocket client, Rig rig, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(text.length());
    bytes.put(text.getBytes(StandardCharsets.UTF_8));
    client.sendTo(bytes, 0, text.length(), rig.address.getAddress(), rig.address.getPort());
  }

  /** Returns the port from which the server got the last one. */
  private static InetSocketAddress ask(
      Peer client, Rig rig, Peer server, String first, String... more) throws IOException {
    client.send(rig.address, first);
    Received asked = server.receive();
    assertThat(asked.text()).isEqualTo(first);
    for (String question : more) {
      client.send(rig.address, question);
      asked = server.receive();
      assertThat(asked.text()).isEqualTo(question);
    }
    return asked.from();
  }
}
