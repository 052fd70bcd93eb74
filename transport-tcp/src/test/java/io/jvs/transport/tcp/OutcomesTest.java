package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Failure;
import io.jvs.balancing.OutcomeListener;
import io.jvs.model.RealServer;
import io.jvs.model.Timeouts;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What those hear who judge servers by real traffic. */
class OutcomesTest {
  /** {@code answered}, or how it failed; whoever takes longer than {@code patience} is late. */
  private static final class Ears implements OutcomeListener {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<Duration> times = new CopyOnWriteArrayList<>();
    private final Duration patience;
    private final boolean reads;

    Ears(Duration patience, boolean reads) {
      this.patience = patience;
      this.reads = reads;
    }

    @Override
    public void outcome(RealServer server, @Nullable Failure failure, long nanos) {
      times.add(Duration.ofNanos(nanos));
      heard.add(failure == null ? "answered" : failure.toString());
    }

    @Override
    public long patienceNanos() {
      return patience.toNanos();
    }

    @Override
    public boolean readsAnswers() {
      return reads;
    }

    /** Says no to whoever says no; what it consumes the client must get all the same. */
    @Override
    public @Nullable Failure judge(ByteBuffer firstBytes) {
      String text = StandardCharsets.US_ASCII.decode(firstBytes).toString();
      return text.startsWith("no") ? Failure.MAYBE_PROCESSED : null;
    }

    void await(String... expected) {
      Sockets.await(
          "outcomes " + List.of(expected) + ", heard " + heard,
          () -> heard.size() >= expected.length);
      assertThat(heard).containsExactly(expected);
    }
  }

  private static Ears listen(Rig rig) {
    return listen(rig, Duration.ofHours(1));
  }

  private static Ears listen(Rig rig, Duration patience) {
    return listen(rig, new Ears(patience, false));
  }

  private static Ears listen(Rig rig, Ears ears) {
    rig.balancer.addOutcomes(ears);
    return ears;
  }

  @Engines
  void who_reads_answers_sees_the_first_bytes_of_each_connection_and_clients_get_them_all(
      TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig, new Ears(Duration.ofHours(1), true));
      for (String answer : List.of("no, not now", "yes, and no")) {
        Socket client = rig.client();
        Sockets.send(client, "question");
        Socket accepted = server.next();
        Sockets.send(accepted, answer);
        assertThat(Sockets.receive(client, answer.length())).isEqualTo(answer);
        Sockets.send(accepted, "no more"); // which is not the first answer
        assertThat(Sockets.receive(client, 7)).isEqualTo("no more");
      }
      ears.await("maybe-processed", "answered");
    }
  }

  @Engines
  void who_does_not_read_answers_hears_only_that_there_was_one(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Socket client = rig.client();
      Sockets.send(client, "question");
      Sockets.send(server.next(), "no, not now");
      assertThat(Sockets.receive(client, 11)).isEqualTo("no, not now");
      ears.await("answered");
    }
  }

  @Engines
  void the_first_byte_of_the_server_is_its_answer_and_nothing_is_told_after_it(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Socket client = rig.client();
      Sockets.send(client, "question");
      Socket accepted = server.next();
      assertThat(ears.heard).isEmpty();
      Sockets.send(accepted, "answer");
      ears.await("answered");
      Sockets.reset(accepted);
      rig.awaitConnections(0);
      ears.await("answered");
    }
  }

  @Engines
  void a_reset_before_the_first_byte_is_a_failure(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Sockets.send(rig.client(), "question");
      Socket accepted = server.next();
      // Before anything has come through it would be a connect that failed.
      assertThat(Sockets.receive(accepted, 8)).isEqualTo("question");
      Sockets.reset(accepted);
      ears.await("maybe-processed");
      rig.awaitConnections(0);
    }
  }

  @Engines
  void a_fin_instead_of_an_answer_is_a_failure(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Socket client = rig.client();
      Sockets.send(client, "question");
      Socket accepted = server.next();
      assertThat(Sockets.receive(accepted, 8)).isEqualTo("question");
      accepted.shutdownOutput();
      assertThat(client.getInputStream().read()).as("the server has closed first").isEqualTo(-1);
      client.shutdownOutput();
      ears.await("maybe-processed");
      rig.awaitConnections(0);
    }
  }

  @Engines
  void a_fin_before_a_question_is_none(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Socket client = rig.client();
      server.next().close();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      client.shutdownOutput();
      rig.awaitConnections(0);
      assertThat(ears.heard).isEmpty();
    }
  }

  @Engines
  void a_client_that_goes_away_before_an_answer_proves_nothing(TcpEngine engine) throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig);
      Socket client = rig.client();
      Sockets.send(client, "question");
      server.next();
      Sockets.reset(client);
      rig.awaitConnections(0);
      assertThat(ears.heard).isEmpty();
      assertThat(rig.status(server).failed()).isZero();
    }
  }

  @Engines
  void a_refused_connect_is_told_and_so_is_the_answer_of_the_other(TcpEngine engine)
      throws Exception {
    try (TestServer alive = TestServer.echo();
        TestServer dead = TestServer.echo();
        Rig rig = Rig.of(engine, alive, dead)) {
      dead.kill();
      Ears ears = listen(rig);
      Sockets.ping(rig.client());
      ears.await("never-sent", "answered");
    }
  }

  @Engines
  void a_server_that_is_silent_for_too_long_is_heard_of_while_its_client_waits(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig, Duration.ofMillis(300));
      Sockets.send(rig.client(), "question");
      ears.await("answered");
      assertThat(ears.times.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
      assertThat(rig.connections()).isEqualTo(1);
    }
  }

  @Engines
  void no_answer_until_the_idle_timeout_is_a_failure(TcpEngine engine) throws Exception {
    Timeouts usual = Timeouts.DEFAULT;
    Timeouts timeouts =
        new Timeouts(usual.connect(), Duration.ofMillis(300), usual.tcpFin(), usual.udp());
    try (TestServer server = TestServer.passive();
        Rig rig = Rig.of(engine, service -> service.timeouts(timeouts), server)) {
      Ears ears = listen(rig);
      Sockets.send(rig.client(), "question");
      ears.await("maybe-processed");
    }
  }

  @Engines
  void a_client_that_takes_its_time_to_ask_is_no_fault_of_the_server(TcpEngine engine)
      throws Exception {
    try (TestServer server = TestServer.echo();
        Rig rig = Rig.of(engine, server)) {
      Ears ears = listen(rig, Duration.ofMillis(300));
      Socket client = rig.client();
      rig.awaitConnections(1);
      long connected = System.nanoTime();
      Sockets.await(
          "half a second has passed",
          () -> System.nanoTime() - connected > Duration.ofMillis(500).toNanos());
      Sockets.ping(client);
      ears.await("answered");
      Duration sinceConnected = Duration.ofNanos(System.nanoTime() - connected);
      assertThat(ears.times.get(0)).isLessThan(sinceConnected.minusMillis(400));
    }
  }
}
