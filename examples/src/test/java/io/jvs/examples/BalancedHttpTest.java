package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.ServerStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BalancedHttpTest {
  @Test
  void all_servers_share_and_one_that_dies_costs_no_request() throws Exception {
    try (HttpServers servers = new HttpServers(3);
        BalancedHttp client = new BalancedHttp(servers.names())) {
      assertThat(answers(client, 60)).isEqualTo(Set.copyOf(servers.names()));

      CountDownLatch noticed = new CountDownLatch(1);
      client
          .balancer()
          .addListener(
              event -> {
                if (event instanceof LoadBalancerEvent.ServerDown) {
                  noticed.countDown();
                }
              });
      servers.kill(1);
      Set<String> survivors = new HashSet<>(servers.names());
      survivors.remove(servers.names().get(1));
      assertThat(answers(client, 60)).isEqualTo(survivors);
      assertThat(noticed.await(20, TimeUnit.SECONDS)).as("the checks notice").isTrue();
      assertThat(client.balancer().status().servers())
          .extracting(ServerStatus::state)
          .containsExactlyInAnyOrder("up", "up", "down");
      assertThat(answers(client, 60)).isEqualTo(survivors);
      assertThat(client.balancer().status().connections()).isZero();
    }
  }

  /** Several at a time, so that least connection has something to choose by. */
  private static Set<String> answers(BalancedHttp client, int requests) throws Exception {
    Set<String> answers = new HashSet<>();
    List<CompletableFuture<String>> underWay = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      answers.add(client.get("/" + i));
      underWay.add(client.getAsync("/" + i).toCompletableFuture());
      if (underWay.size() == 10) {
        underWay.forEach(answer -> answers.add(answer.join()));
        underWay.clear();
      }
    }
    underWay.forEach(answer -> answers.add(answer.join()));
    return answers;
  }

  @Test
  void the_program_runs() throws Exception {
    try (HttpServers servers = new HttpServers(2)) {
      BalancedHttp.main(servers.names().toArray(new String[0]));
    }
  }
}
