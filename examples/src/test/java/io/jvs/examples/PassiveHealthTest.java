package io.jvs.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancerEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PassiveHealthTest {
  private static final long PATIENCE_SECONDS = 30;

  @Test
  void a_server_with_bad_answers_is_left_alone_until_it_is_well_and_callers_see_nothing_of_it()
      throws Exception {
    try (HttpServers servers = new HttpServers(3);
        PassiveHealth client = new PassiveHealth(servers.names(), Duration.ofMillis(500))) {
      BlockingQueue<LoadBalancerEvent> events = new LinkedBlockingQueue<>();
      client
          .balancer()
          .addListener(
              event -> {
                if (event instanceof LoadBalancerEvent.ServerDown
                    || event instanceof LoadBalancerEvent.ServerUp) {
                  events.add(event);
                }
              });
      assertThat(answers(client, 30)).hasSize(3);

      servers.breakDown(1);
      LoadBalancerEvent down = askUntil(events, client, servers);
      assertThat(down.toString())
          .contains(
              servers.names().get(1) + " down (in-band: ", " calls in a row failed (", "out for ");

      servers.repair(1);
      LoadBalancerEvent up = askUntil(events, client, servers);
      assertThat(up).isInstanceOf(LoadBalancerEvent.ServerUp.class);
      assertThat(answers(client, 30)).hasSize(3);
    }
  }

  /** Asks until something happens, and never gets a bad answer. */
  private static LoadBalancerEvent askUntil(
      BlockingQueue<LoadBalancerEvent> events, PassiveHealth client, HttpServers servers)
      throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() - deadline < 0) {
      assertThat(client.get("/")).startsWith("200 ");
      LoadBalancerEvent event = events.poll();
      if (event != null) {
        return event;
      }
    }
    throw new AssertionError("nothing happened to " + servers.names());
  }

  private static Set<String> answers(PassiveHealth client, int requests) throws Exception {
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < requests; i++) {
      answers.add(client.get("/" + i));
    }
    return answers;
  }

  @Test
  void the_program_runs() throws Exception {
    try (HttpServers servers = new HttpServers(2)) {
      PassiveHealth.main(servers.names().toArray(new String[0]));
    }
  }
}
