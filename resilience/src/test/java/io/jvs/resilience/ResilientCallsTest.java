package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.Failure;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.NoRealServerException;
import io.jvs.balancing.OutcomeListener;
import io.jvs.balancing.Retry;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ManualExecutor;
import io.jvs.testkit.ManualTicker;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Three servers; {@code rr} asks the newest first: c, b, a. */
class ResilientCallsTest {
  private static final String A = "10.0.0.1:80";
  private static final String B = "10.0.0.2:80";
  private static final String C = "10.0.0.3:80";

  private final ManualTicker ticker = new ManualTicker();
  private final ManualExecutor timer = new ManualExecutor(ticker);
  private final List<String> outcomes = new ArrayList<>();
  private final VirtualService service =
      VirtualService.inProcess("web")
          .scheduler("rr")
          .attempts(3)
          .realServers(List.of(RealServer.of(A), RealServer.of(B), RealServer.of(C)))
          .build();
  private final LoadBalancer balancer =
      LoadBalancer.builder(service).ticker(ticker).outcomes(new Ears()).build();
  private final RetryBudget budget = new RetryBudget(20, 1, Duration.ofSeconds(10), ticker);
  private final List<String> asked = new ArrayList<>();
  private final List<CompletableFuture<String>> answers = new ArrayList<>(); // as asked

  /** A slow answer is one of 500 ms. */
  private final class Ears implements OutcomeListener {
    @Override
    public void outcome(RealServer server, @Nullable Failure failure, long nanos) {
      outcomes.add(server.name() + " " + (failure == null ? nanos / 1_000_000 + " ms" : failure));
    }

    @Override
    public long patienceNanos() {
      return Duration.ofMillis(500).toNanos();
    }
  }

  private ResilientCalls.Builder<String> calls() {
    return ResilientCalls.<String>builder(balancer)
        .budget(budget)
        .retry(Retry.IDEMPOTENT)
        .serverFailure(result -> result.startsWith("5") ? "status " + result : null);
  }

  private String ask(RealServer server, Set<String> broken) throws IOException {
    asked.add(server.name());
    if (broken.contains(server.name())) {
      throw new IOException("reset by " + server.name());
    }
    return "200 from " + server.name();
  }

  private CompletableFuture<String> askAsync(RealServer server) {
    asked.add(server.name());
    CompletableFuture<String> answer = new CompletableFuture<>();
    answers.add(answer);
    return answer;
  }

  @Test
  void a_failed_call_is_made_again_on_servers_that_were_not_tried() throws Exception {
    assertThat(calls().build().call(Flow.any(), server -> ask(server, Set.of(B, C))))
        .isEqualTo("200 from " + A);
    assertThat(asked).containsExactlyInAnyOrder(A, B, C).endsWith(A);
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void when_all_fail_the_last_failure_has_the_earlier_ones() {
    assertThatThrownBy(() -> calls().build().call(Flow.any(), s -> ask(s, Set.of(A, B, C))))
        .isInstanceOf(IOException.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    assertThat(asked).hasSize(3).doesNotHaveDuplicates();
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void what_may_have_been_processed_is_not_made_again_unless_it_is_idempotent() {
    ResilientCalls<String> once = calls().retry(Retry.NEVER_SENT).build();
    assertThatThrownBy(() -> once.call(Flow.any(), server -> ask(server, Set.of(A, B, C))))
        .isInstanceOf(IOException.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_bad_result_is_a_failure_of_the_server_and_tried_elsewhere() throws Exception {
    String result =
        calls().build().call(Flow.any(), server -> server.name().equals(A) ? "200" : "503");
    assertThat(result).isEqualTo("200");
    assertThat(outcomes)
        .containsExactlyInAnyOrder(A + " 0 ms", B + " maybe-processed", C + " maybe-processed");
  }

  @Test
  void if_all_results_are_bad_the_last_one_is_returned() throws Exception {
    assertThat(calls().build().call(Flow.any(), server -> "503")).isEqualTo("503");
    assertThat(outcomes).hasSize(3);
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void the_budget_ends_tries_of_what_was_sent_but_not_of_what_no_server_has_seen() {
    ResilientCalls<String> calls = calls().build();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> calls.call(Flow.any(), server -> ask(server, Set.of(A, B, C))))
          .isInstanceOf(IOException.class);
    }
    assertThat(asked).hasSize(100 + 20 + 10);

    asked.clear();
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(
              () ->
                  calls.call(
                      Flow.any(),
                      server -> {
                        asked.add(server.name());
                        throw new ConnectException("refused");
                      }))
          .isInstanceOf(ConnectException.class);
    }
    assertThat(asked).hasSize(300);
  }

  @Test
  void without_a_server_the_caller_learns_why() {
    for (String each : List.of(A, B, C)) {
      balancer.markDown(RealServer.of(each).address(), "test");
    }
    assertThatThrownBy(() -> calls().build().call(Flow.any(), server -> "200"))
        .isInstanceOf(NoRealServerException.class);
    assertThat(calls().build().callAsync(Flow.any(), this::askAsync).toCompletableFuture())
        .isCompletedExceptionally();
  }

  @Test
  void asynchronous_calls_are_made_again_too() throws Exception {
    CompletableFuture<String> result =
        calls().build().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    answers.get(0).completeExceptionally(new IOException("reset"));
    answers.get(1).complete("503");
    answers.get(2).complete("200");
    assertThat(result.get()).isEqualTo("200");
    assertThat(asked).containsExactlyInAnyOrder(A, B, C);
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void a_call_that_throws_at_once_is_made_again_too() throws Exception {
    CompletableFuture<String> result =
        calls()
            .build()
            .callAsync(
                Flow.any(),
                server -> {
                  if (asked.isEmpty()) {
                    asked.add(server.name());
                    throw new java.io.UncheckedIOException(new IOException("first"));
                  }
                  return askAsync(server);
                })
            .toCompletableFuture();
    assertThat(result).isCompletedExceptionally(); // not an IOException: the caller's own fault
    assertThat(asked).hasSize(1);
  }

  private ResilientCalls<String> hedged() {
    return calls().hedging(new Hedging.After(Duration.ofMillis(100)), timer).build();
  }

  @Test
  void a_hedged_call_takes_the_first_good_answer_and_cancels_the_other() throws Exception {
    CompletableFuture<String> result =
        hedged().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    ticker.advance(Duration.ofMillis(99));
    assertThat(asked).hasSize(1);
    ticker.advance(Duration.ofMillis(1));
    assertThat(asked).hasSize(2).doesNotHaveDuplicates();
    answers.get(1).complete("200");
    assertThat(result.get()).isEqualTo("200");
    assertThat(answers.get(0)).isCancelled();
    assertThat(outcomes).containsExactly(asked.get(1) + " 0 ms");
    assertThat(balancer.status().connections()).isZero();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(asked).hasSize(2);
  }

  @Test
  void the_loser_is_heard_of_as_slow_if_it_was() {
    var unused = hedged().callAsync(Flow.any(), this::askAsync);
    ticker.advance(Duration.ofMillis(600));
    answers.get(1).complete("200");
    assertThat(outcomes)
        .containsExactlyInAnyOrder(asked.get(0) + " 600 ms", asked.get(1) + " 500 ms");
  }

  @Test
  void a_fast_answer_needs_no_second_call() throws Exception {
    CompletableFuture<String> result =
        hedged().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    answers.get(0).complete("200");
    assertThat(result.get()).isEqualTo("200");
    ticker.advance(Duration.ofSeconds(1));
    assertThat(asked).hasSize(1);
    assertThat(timer.waiting()).isZero();
  }

  @Test
  void if_one_of_two_fails_the_other_decides_and_a_third_server_helps() throws Exception {
    CompletableFuture<String> result =
        hedged().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    ticker.advance(Duration.ofMillis(100));
    answers.get(1).completeExceptionally(new IOException("reset"));
    assertThat(asked).hasSize(3).doesNotHaveDuplicates();
    answers.get(2).completeExceptionally(new IOException("reset too"));
    assertThat(result).isNotDone();
    answers.get(0).complete("200");
    assertThat(result.get()).isEqualTo("200");
  }

  @Test
  void if_all_fail_so_does_the_hedged_call() {
    CompletableFuture<String> result =
        hedged().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    ticker.advance(Duration.ofMillis(100));
    for (int i = 0; i < 3; i++) {
      answers.get(i).completeExceptionally(new IOException("reset " + i));
    }
    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("reset 2");
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void cancelling_the_result_cancels_both() {
    CompletableFuture<String> result =
        hedged().callAsync(Flow.any(), this::askAsync).toCompletableFuture();
    ticker.advance(Duration.ofMillis(100));
    result.cancel(true);
    assertThat(answers).allMatch(CompletableFuture::isCancelled);
    assertThat(outcomes).isEmpty();
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void hedges_count_against_the_budget() {
    for (int i = 0; i < 100; i++) {
      var unused = hedged().callAsync(Flow.any(), this::askAsync);
    }
    ticker.advance(Duration.ofMillis(100));
    assertThat(asked).hasSize(100 + 20 + 10);
  }

  @Test
  void the_fallback_is_no_second_server_and_persistent_services_are_not_hedged() {
    balancer.apply(
        service.toBuilder()
            .realServers(List.of(RealServer.of(A)))
            .fallback(RealServer.of("10.9.9.9:80"))
            .build());
    var unused = hedged().callAsync(Flow.any(), this::askAsync);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(asked).containsExactly(A);

    balancer.apply(
        service.toBuilder().persistence(Persistence.applicationKey(Duration.ofMinutes(1))).build());
    asked.clear();
    var unusedToo = hedged().callAsync(Flow.keyed("client"), this::askAsync);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(asked).hasSize(1);
  }

  @Test
  void at_a_percentile_calls_are_hedged_that_take_longer_than_most() throws Exception {
    ResilientCalls<String> calls =
        calls().hedging(new Hedging.AtPercentile(95, Duration.ofMillis(1)), timer).build();
    for (int i = 0; i < 30; i++) {
      var result = calls.callAsync(Flow.any(), this::askAsync).toCompletableFuture();
      ticker.advance(Duration.ofMillis(20));
      answers.get(answers.size() - 1).complete("200");
      assertThat(result.get()).isEqualTo("200");
    }
    int before = asked.size();
    var unused = calls.callAsync(Flow.any(), this::askAsync);
    ticker.advance(Duration.ofMillis(19));
    assertThat(asked).hasSize(before + 1);
    ticker.advance(Duration.ofMillis(4)); // classes are an eighth wide
    assertThat(asked).hasSize(before + 2);
  }

  @Test
  void what_may_not_happen_twice_cannot_be_hedged() {
    assertThatThrownBy(
            () ->
                calls()
                    .retry(Retry.NEVER_SENT)
                    .hedging(new Hedging.After(Duration.ofMillis(100)), timer)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "hedging after 100ms with retry NEVER_SENT (expected: retry IDEMPOTENT, since hedged"
                + " calls happen twice)");
    assertThatThrownBy(() -> new Hedging.AtPercentile(10, Duration.ZERO))
        .hasMessage("hedging at percentile 10 (expected: 50 to 99)");
    assertThatThrownBy(() -> new Hedging.AtPercentile(90, Duration.ofMillis(-1)))
        .hasMessage("hedging after at least PT-0.001S (expected: 0s or more)");
    assertThatThrownBy(() -> new Hedging.After(Duration.ofMillis(-1)))
        .hasMessage("hedging after PT-0.001S (expected: 0s or more)");
  }
}
