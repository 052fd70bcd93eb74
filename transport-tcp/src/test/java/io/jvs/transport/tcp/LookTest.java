package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.transport.tcp.LookingRig.Recorder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What a client sends before it has a server is seen, kept, and reaches the server first. */
class LookTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  private static Recorder until(int enough) {
    return new Recorder(enough, 0, 1024, LONG);
  }

  private static Recorder atMost(int most) {
    return new Recorder(Integer.MAX_VALUE, 0, most, LONG);
  }

  @Engines
  void bytes_that_come_one_at_a_time_are_seen_again_each_time(TcpEngine engine) throws Exception {
    Recorder look = until(5);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(look), server.address())) {
      Socket client = rig.client();
      for (int i = 0; i < 5; i++) {
        int sent = i;
        Sockets.send(client, "hello".substring(i, i + 1));
        Sockets.await("byte " + i + " of " + look.seen, () -> look.seen.size() > sent);
      }
      Sockets.send(client, " world");
      assertThat(Sockets.receive(client, 11)).isEqualTo("hello world");
      assertThat(look.seen).containsExactly("h", "he", "hel", "hell", "hello");
      assertThat(rig.heard).startsWith("looked", "connected", "asked");
      client.shutdownOutput();
      assertThat(Sockets.ending(client)).isEqualTo("eof");
      rig.await("ended CLOSED");
      assertThat(rig.fromClient()).isEqualTo(11);
    }
  }

  @Engines
  void what_is_dropped_is_neither_sent_nor_counted_and_what_is_left_is_seen_by_the_next(
      TcpEngine engine) throws Exception {
    Recorder header = new Recorder(6, 6, 1024, LONG);
    Recorder first = new Recorder(3, 0, 3, LONG);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(header, first), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "PROXY!hello");
      assertThat(Sockets.receive(client, 5)).isEqualTo("hello");
      assertThat(header.seen).containsExactly("PROXY!hello");
      assertThat(first.seen).as("as many as it wants, and no more").containsExactly("hel|");
      client.shutdownOutput();
      rig.await("ended CLOSED");
      assertThat(rig.fromClient()).isEqualTo(5);
    }
  }

  @Engines
  void the_next_waits_if_nothing_is_left(TcpEngine engine) throws Exception {
    Recorder header = new Recorder(6, 6, 1024, LONG);
    Recorder first = until(5);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(header, first), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "PROXY!");
      rig.await("looked");
      Sockets.send(client, "hello");
      assertThat(Sockets.receive(client, 5)).isEqualTo("hello");
      assertThat(first.seen).last().isEqualTo("hello");
    }
  }

  @Engines
  void no_more_is_seen_than_wanted_and_all_arrives(TcpEngine engine) throws Exception {
    Recorder look = atMost(64 * 1024);
    byte[] sent = new byte[3 * 1024 * 1024];
    new Random(6).nextBytes(sent);
    for (int i = 0; i < sent.length; i++) {
      sent[i] &= 0x7F;
    }
    try (TestServer server = TestServer.passive();
        LookingRig rig = new LookingRig(engine, "preamble", List.of(look), server.address())) {
      Socket client = rig.client();
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                try {
                  client.getOutputStream().write(sent);
                  client.shutdownOutput();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      InputStream in = server.next().getInputStream();
      assertThat(new String(in.readNBytes(8), StandardCharsets.US_ASCII)).isEqualTo("preamble");
      assertThat(Arrays.equals(in.readAllBytes(), sent)).isTrue(); // by splice in the end
      sender.get();
      String last = look.seen.get(look.seen.size() - 1);
      assertThat(last).hasSize(64 * 1024 + 1).endsWith("|");
    }
  }

  @Engines
  void who_has_ended_is_seen_at_once_and_its_fin_comes_after_its_bytes(TcpEngine engine)
      throws Exception {
    Recorder look = until(100);
    try (TestServer server = TestServer.passive();
        LookingRig rig = new LookingRig(engine, "preamble ", List.of(look), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "bye");
      client.shutdownOutput();
      try (Socket atServer = server.next()) {
        assertThat(new String(atServer.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
            .isEqualTo("preamble bye");
        Sockets.send(atServer, "you too");
      }
      assertThat(Sockets.receive(client, 7)).isEqualTo("you too");
      assertThat(Sockets.ending(client)).isEqualTo("eof");
      rig.await("ended CLOSED");
      assertThat(look.seen).last().isEqualTo("bye|");
    }
  }

  @Engines
  void who_ends_without_a_byte_is_seen_too(TcpEngine engine) throws Exception {
    Recorder look = until(100);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(look), server.address())) {
      Socket client = rig.client();
      client.shutdownOutput();
      assertThat(Sockets.ending(client)).isEqualTo("eof");
      rig.await("ended CLOSED");
      assertThat(look.seen).containsExactly("|");
      assertThat(rig.heard).doesNotContain("asked");
    }
  }

  @Engines
  void a_reset_ends_it(TcpEngine engine) throws Exception {
    Recorder look = until(100);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(look), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "he");
      Sockets.await("two bytes seen", () -> look.seen.contains("he"));
      Sockets.reset(client);
      rig.await("ended CLIENT_RESET");
      assertThat(rig.heard).doesNotContain("looked");
      assertThat(server.accepted()).isZero();
    }
  }

  @Engines
  void patience_has_an_end_whatever_trickles_in(TcpEngine engine) throws Exception {
    Recorder look = new Recorder(100, 0, 1024, Duration.ofSeconds(1));
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(look), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "he");
      rig.await("looked");
      assertThat(look.seen).last().isEqualTo("he|");
      assertThat(Sockets.receive(client, 2)).isEqualTo("he");
      Sockets.ping(client);
    }
  }

  @Engines
  void who_says_nothing_is_served_when_patience_ends(TcpEngine engine) throws Exception {
    Recorder look = new Recorder(100, 0, 1024, SHORT);
    try (TestServer server = TestServer.that(LookTest::greet);
        LookingRig rig = new LookingRig(engine, "preamble", List.of(look), server.address())) {
      Socket client = rig.client();
      assertThat(Sockets.receive(client, 9)).isEqualTo("220 hello");
      assertThat(look.seen).containsExactly("|");
      assertThat(rig.heard).as("the preamble is no question").doesNotContain("asked");
    }
  }

  /** A server that speaks first, having read who the client is. */
  private static void greet(Socket client) throws IOException {
    assertThat(Sockets.receive(client, 8)).isEqualTo("preamble");
    Sockets.send(client, "220 hello");
  }

  @Engines
  void it_is_kept_over_attempts_that_fail_and_so_is_the_preamble(TcpEngine engine)
      throws Exception {
    InetSocketAddress dead = Sockets.freeAddress();
    try (TestServer server = TestServer.passive();
        LookingRig rig =
            new LookingRig(engine, "preamble ", List.of(until(5)), dead, dead, server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "hello");
      Socket atServer = server.next();
      assertThat(Sockets.receive(atServer, 14)).isEqualTo("preamble hello");
      assertThat(rig.heard)
          .startsWith("looked", "connect failed", "connect failed", "connected", "asked");
      Sockets.send(client, " again");
      assertThat(Sockets.receive(atServer, 6)).isEqualTo(" again");
    }
  }

  @Engines
  void urgent_data_does_no_harm(TcpEngine engine) throws Exception {
    Recorder look = until(9);
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(look), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "be");
      client.sendUrgentData('!');
      Sockets.send(client, "forehand");
      assertThat(Sockets.receive(client, 10)).isEqualTo("beforehand");
      assertThat(look.seen).last().asString().startsWith("beforehan");
    }
  }

  @Engines
  void a_preamble_that_the_server_does_not_take_at_once_waits_and_stays_in_front(TcpEngine engine)
      throws Exception {
    String preamble = "p".repeat(16 * 1024 * 1024); // more than sockets of both ends hold
    try (TestServer server = TestServer.passive();
        LookingRig rig = new LookingRig(engine, preamble, List.of(until(5)), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "hello");
      InputStream in = server.next().getInputStream();
      rig.await("asked");
      Sockets.send(client, " world");
      client.shutdownOutput();
      byte[] all = in.readAllBytes();
      assertThat(all).hasSize(preamble.length() + 11);
      assertThat(new String(all, preamble.length(), 11, StandardCharsets.US_ASCII))
          .isEqualTo("hello world");
      assertThat(new String(all, 0, preamble.length(), StandardCharsets.US_ASCII))
          .isEqualTo(preamble);
    }
  }

  @Engines
  void the_end_comes_while_a_preamble_waits(TcpEngine engine) throws Exception {
    String preamble = "p".repeat(16 * 1024 * 1024);
    try (TestServer server = TestServer.passive();
        LookingRig rig = new LookingRig(engine, preamble, List.of(until(5)), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "hello");
      server.next();
      rig.await("asked");
      Sockets.reset(client);
      rig.await("ended CLIENT_RESET");
    }
  }

  @Engines
  void what_a_server_says_is_overheard_until_nobody_wants_to(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.echo();
        LookingRig rig = new LookingRig(engine, null, List.of(), server.address())) {
      Socket client = rig.client();
      for (String word : List.of("one", "two", "stop", "four")) {
        Sockets.send(client, word);
        assertThat(Sockets.receive(client, word.length())).isEqualTo(word);
      }
      assertThat(rig.heard)
          .containsExactly("connected", "asked", "answered one", "overheard two", "overheard stop");
    }
  }

  @Engines
  void bulk_is_not_overheard(TcpEngine engine) throws Exception {
    byte[] much = new byte[4 * 1024 * 1024];
    try (TestServer server =
            TestServer.that(
                socket -> {
                  var unused = socket.getInputStream().read();
                  socket.getOutputStream().write(much);
                });
        LookingRig rig = new LookingRig(engine, null, List.of(), server.address())) {
      Socket client = rig.client();
      Sockets.send(client, "?");
      assertThat(client.getInputStream().readAllBytes()).hasSameSizeAs(much);
      client.shutdownOutput();
      rig.await("ended CLOSED");
      assertThat(rig.heard).noneMatch(each -> each.startsWith("overheard x"));
      assertThat(rig.heard.stream().mapToInt(String::length).sum()).isLessThan(much.length + 1000);
    }
  }
}
