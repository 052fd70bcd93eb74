package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of connections, and who hears of it when. */
class OutcomesTest {
  private static final InetSocketAddress SERVER = RealServer.of("10.0.0.1:80").address();

  private final FakeTicker ticker = new FakeTicker();
  private final LoadBalancer balancer =
      LoadBalancer.builder(VirtualService.inProcess("web").realServer("10.0.0.1:80").build())
          .ticker(ticker)
          .build();
  private final List<String> heard = new ArrayList<>();

  private Connection connect() {
    return (Connection) balancer.admit(Flow.any());
  }

  private void listen(Duration patience) {
    balancer.addOutcomes(new Ears(patience));
  }

  private final class Ears implements OutcomeListener {
    private final Duration patience;

    Ears(Duration patience) {
      this.patience = patience;
    }

    @Override
    public void outcome(RealServer server, @Nullable Failure failure, long nanos) {
      heard.add((failure == null ? "answered" : failure) + " after " + nanos / 1_000_000 + " ms");
    }

    @Override
    public long patienceNanos() {
      return patience.toNanos();
    }
  }

  @Test
  void listeners_come_and_go() {
    Connection before = connect();
    OutcomeListener ears = new Ears(Duration.ofDays(1));
    balancer.addOutcomes(ears);
    ticker.advance(Duration.ofMillis(5));
    before.answered();
    assertThat(heard)
        .as("when it began nobody asked for times")
        .containsExactly("answered after 0 ms");
    Connection during = connect();
    ticker.advance(Duration.ofMillis(5));
    during.fail(Failure.MAYBE_PROCESSED, "reset");
    assertThat(heard).endsWith("maybe-processed after 5 ms");
    balancer.removeOutcomes(ears);
    connect().close();
    assertThat(heard).hasSize(2);
  }

  @Test
  void an_answer_that_is_overdue_is_told_while_it_is_waited_for_and_only_once() {
    listen(Duration.ofSeconds(2));
    listen(Duration.ofMillis(100));
    Connection connection = connect();
    ticker.advance(Duration.ofMillis(99));
    assertThat(connection.stillUnanswered()).isTrue();
    assertThat(heard).isEmpty();
    ticker.advance(Duration.ofMillis(1));
    assertThat(connection.stillUnanswered()).isFalse();
    assertThat(connection.stillUnanswered()).isFalse();
    connection.answered();
    connection.close();
    assertThat(heard).containsExactly("answered after 100 ms", "answered after 100 ms");
  }

  @Test
  void who_reads_answers_judges_the_first_bytes_for_itself_and_who_does_not_hears_of_an_answer() {
    balancer.addOutcomes(new Reader("no"));
    balancer.addOutcomes(new Reader("never"));
    listen(Duration.ofMillis(100));
    Connection connection = connect();
    assertThat(connection.readsAnswers()).isTrue();
    ticker.advance(Duration.ofMillis(3));
    ByteBuffer bytes = ByteBuffer.wrap("no, thanks".getBytes(StandardCharsets.US_ASCII));
    connection.answered(bytes);
    assertThat(bytes.position()).isZero();
    assertThat(connection.readsAnswers()).as("nothing more is told").isFalse();
    connection.answered(bytes);
    connection.close();
    assertThat(heard)
        .containsExactly(
            "maybe-processed after 3 ms", "answered after 3 ms", "answered after 3 ms");
  }

  @Test
  void an_overdue_answer_is_told_once_whatever_it_says() {
    balancer.addOutcomes(new Reader("no"));
    listen(Duration.ofMillis(100));
    Connection connection = connect();
    ticker.advance(Duration.ofMillis(100));
    connection.stillUnanswered();
    connection.answered(ByteBuffer.wrap("no".getBytes(StandardCharsets.US_ASCII)));
    assertThat(heard).containsExactly("answered after 100 ms", "answered after 100 ms");
  }

  @Test
  void without_somebody_who_reads_answers_nobody_asks_for_bytes() {
    assertThat(connect().readsAnswers()).isFalse();
    listen(Duration.ofMillis(100));
    assertThat(connect().readsAnswers()).isFalse();
  }

  /**
   * Dislikes answers that begin with that; consumes what it is given, which nobody else notices.
   */
  private final class Reader implements OutcomeListener {
    private final String bad;

    Reader(String bad) {
      this.bad = bad;
    }

    @Override
    public void outcome(RealServer server, @Nullable Failure failure, long nanos) {
      heard.add((failure == null ? "answered" : failure) + " after " + nanos / 1_000_000 + " ms");
    }

    @Override
    public boolean readsAnswers() {
      return true;
    }

    @Override
    public @Nullable Failure judge(ByteBuffer firstBytes) {
      assertThat(firstBytes.isReadOnly()).isTrue();
      String text = StandardCharsets.US_ASCII.decode(firstBytes).toString();
      return text.startsWith(bad) ? Failure.MAYBE_PROCESSED : null;
    }
  }

  @Test
  void time_that_is_excused_does_not_count() {
    listen(Duration.ofMillis(100));
    Connection connection = connect();
    ticker.advance(Duration.ofSeconds(5));
    connection.excuse(Duration.ofSeconds(5).toNanos());
    ticker.advance(Duration.ofMillis(7));
    connection.stillUnanswered();
    connection.answered();
    assertThat(heard).containsExactly("answered after 7 ms");
  }

  @Test
  void without_listeners_nothing_is_told() {
    Connection connection = connect();
    assertThat(connection.stillUnanswered()).isFalse();
    connection.answered();
    connection.close();
    assertThat(heard).isEmpty();
  }

  @Test
  void the_same_judge_may_change_its_reason_and_the_time_since_when_stays() {
    List<LoadBalancerEvent> events = new ArrayList<>();
    balancer.addListener(events::add);
    balancer.control().judge(SERVER, Judge.IN_BAND, "out for 10 s");
    String first = balancer.control().explain(SERVER).toString();
    ticker.advance(Duration.ofSeconds(10));
    balancer.control().judge(SERVER, Judge.IN_BAND, "out for 20 s");

    assertThat(events).hasSize(1);
    assertThat(balancer.control().explain(SERVER).toString()).contains("out for 20 s");
    assertThat(first).contains("out for 10 s");
    assertThat(balancer.admit(Flow.any())).isInstanceOf(Refused.class);

    balancer.control().judge(SERVER, Judge.IN_BAND, null);
    assertThat(balancer.admit(Flow.any())).isInstanceOf(Connection.class);
  }
}
