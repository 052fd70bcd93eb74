package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallsTest {
  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.inProcess("db")
              .scheduler("rr")
              .realServer("10.0.0.1:1")
              .realServer("10.0.0.2:1")
              .realServer("10.0.0.3:1")
              .realServer("10.0.0.4:1")
              .attempts(3)
              .build());
  private final List<String> tried = new ArrayList<>();

  @AfterEach
  void everything_was_given_back_exactly_once() {
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void the_result_comes_back_and_the_server_is_counted_meanwhile() throws Exception {
    int open = balancer.call(Flow.any(), server -> balancer.status().connections());
    assertThat(open).isEqualTo(1);
  }

  @Test
  void what_no_server_has_seen_is_done_elsewhere() throws Exception {
    String answer =
        balancer.call(
            Flow.any(),
            server -> {
              tried.add(server.name());
              if (tried.size() < 3) {
                throw new ConnectException("refused");
              }
              return "done";
            });
    assertThat(answer).isEqualTo("done");
    assertThat(tried).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void the_budget_of_attempts_is_kept_and_all_failures_are_told() {
    assertThatThrownBy(
            () ->
                balancer.call(
                    Flow.any(),
                    server -> {
                      tried.add(server.name());
                      throw new ConnectException("refused by " + server.name());
                    }))
        .isInstanceOf(ConnectException.class)
        .satisfies(thrown -> assertThat(thrown).hasMessageEndingWith(tried.get(2)))
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    assertThat(tried).hasSize(3);
  }

  @Test
  void what_may_have_been_processed_is_repeated_only_if_that_is_safe() {
    assertThatThrownBy(() -> balancer.call(Flow.any(), this::reset)).hasMessage("reset");
    assertThat(tried).hasSize(1);
    tried.clear();
    assertThatThrownBy(() -> balancer.call(Flow.any(), Retry.IDEMPOTENT, this::reset))
        .hasMessage("reset");
    assertThat(tried).hasSize(3).doesNotHaveDuplicates();
  }

  private String reset(RealServer server) throws IOException {
    tried.add(server.name());
    throw new IOException("reset");
  }

  @Test
  void an_answer_is_never_repeated_and_no_fault_of_the_server() {
    assertThatThrownBy(
            () ->
                balancer.call(
                    Flow.any(),
                    Retry.IDEMPOTENT,
                    server -> {
                      tried.add(server.name());
                      throw new IllegalStateException("no such user");
                    }))
        .hasMessage("no such user");
    assertThat(tried).hasSize(1);
    assertThat(balancer.status().servers()).allSatisfy(s -> assertThat(s.failed()).isZero());
  }

  @Test
  void without_a_server_the_exception_says_why() {
    balancer.close();
    assertThatThrownBy(() -> balancer.call(Flow.any(), RealServer::name))
        .isInstanceOf(NoRealServerException.class)
        .hasMessage("db: no real server (closed)");
    assertThatThrownBy(
            () ->
                balancer
                    .callAsync(Flow.any(), s -> CompletableFuture.completedFuture("x"))
                    .toCompletableFuture()
                    .join())
        .hasCauseInstanceOf(NoRealServerException.class);
  }

  @Test
  void a_call_that_ends_later_counts_until_then() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletionStage<String> result = balancer.callAsync(Flow.any(), server -> answer);
    assertThat(balancer.status().connections()).isEqualTo(1);
    answer.complete("done");
    assertThat(result.toCompletableFuture().join()).isEqualTo("done");
  }

  @Test
  void a_call_that_ends_later_is_done_elsewhere_too() {
    List<CompletableFuture<String>> attempts = new ArrayList<>();
    CompletableFuture<String> result =
        balancer
            .callAsync(
                Flow.any(),
                server -> {
                  tried.add(server.name());
                  attempts.add(new CompletableFuture<>());
                  return attempts.get(attempts.size() - 1);
                })
            .toCompletableFuture();
    attempts.get(0).completeExceptionally(new CompletionException(new ConnectException("refused")));
    attempts.get(1).completeExceptionally(new ConnectException("refused"));
    assertThat(result).isNotDone();
    attempts.get(2).complete("done");
    assertThat(result).isCompletedWithValue("done");
    assertThat(tried).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void a_function_that_throws_instead_of_answering_later_is_a_failed_attempt() {
    CompletableFuture<String> result =
        balancer
            .<String>callAsync(
                Flow.any(),
                server -> {
                  throw new IllegalArgumentException("bad request");
                })
            .toCompletableFuture();
    assertThat(result).isCompletedExceptionally();
  }

  @Test
  void cancelling_the_result_cancels_the_attempt_and_blames_nobody() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    CompletableFuture<String> result =
        balancer.callAsync(Flow.any(), server -> attempt).toCompletableFuture();
    result.cancel(true);
    assertThat(attempt).isCancelled();
    assertThat(balancer.status().servers()).allSatisfy(s -> assertThat(s.failed()).isZero());
  }

  @Test
  void without_a_server_this_process_answers_later_calls_too() {
    balancer.close();
    CompletableFuture<String> result =
        balancer
            .<String>callAsync(
                Flow.any(), this::connectionRefused, refused -> "instead: " + refused.cause())
            .toCompletableFuture();
    assertThat(result).isCompletedWithValue("instead: " + Refused.Cause.CLOSED);
    assertThat(tried).isEmpty();
  }

  @Test
  void this_process_answers_when_a_later_call_has_reached_no_server_in_all_its_attempts() {
    CompletableFuture<Refused.Cause> result =
        balancer
            .<Refused.Cause>callAsync(Flow.any(), this::connectionRefused, Refused::cause)
            .toCompletableFuture();
    assertThat(result).isCompletedWithValue(Refused.Cause.ALL_TRIED);
    assertThat(tried).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void this_process_does_not_answer_for_a_server_that_may_have_seen_a_later_call() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    CompletableFuture<String> result =
        balancer
            .callAsync(Flow.any(), server -> attempt, refused -> "instead")
            .toCompletableFuture();
    attempt.completeExceptionally(new IOException("reset"));
    assertThatThrownBy(result::join).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void a_later_call_that_a_server_answers_needs_no_other_answer() {
    CompletableFuture<String> result =
        balancer
            .callAsync(
                Flow.any(),
                server -> CompletableFuture.completedFuture("done"),
                refused -> "instead")
            .toCompletableFuture();
    assertThat(result).isCompletedWithValue("done");
  }

  @Test
  void what_the_other_answer_to_a_later_call_throws_is_its_result() {
    CompletableFuture<String> result =
        balancer
            .<String>callAsync(
                Flow.any(),
                this::connectionRefused,
                refused -> {
                  throw new IllegalStateException("nothing instead");
                })
            .toCompletableFuture();
    assertThatThrownBy(result::join).hasRootCauseMessage("nothing instead");
    assertThat(tried).hasSize(3);
  }

  private <T> CompletionStage<T> connectionRefused(RealServer server) {
    tried.add(server.name());
    return CompletableFuture.failedFuture(new ConnectException("refused"));
  }

  @Test
  void failures_of_the_jdks_clients_are_told_apart() {
    FailureClassifier standard = FailureClassifier.standard();
    assertThat(standard.classify(new ConnectException())).isEqualTo(Failure.NEVER_SENT);
    assertThat(standard.classify(new java.net.UnknownHostException()))
        .isEqualTo(Failure.NEVER_SENT);
    assertThat(standard.classify(new java.net.http.HttpConnectTimeoutException("slow")))
        .isEqualTo(Failure.NEVER_SENT);
    assertThat(standard.classify(new CompletionException(new ConnectException())))
        .isEqualTo(Failure.NEVER_SENT);
    assertThat(standard.classify(new java.net.http.HttpTimeoutException("slow")))
        .isEqualTo(Failure.MAYBE_PROCESSED);
    assertThat(standard.classify(new java.util.concurrent.TimeoutException()))
        .isEqualTo(Failure.MAYBE_PROCESSED);
    assertThat(standard.classify(new RuntimeException())).isEqualTo(Failure.ANSWERED);
  }
}
