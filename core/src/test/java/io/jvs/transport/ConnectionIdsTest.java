package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class ConnectionIdsTest {
  @Test
  void threads_that_ask_at_once_never_get_the_same() throws InterruptedException {
    ConnectionIds ids = new ConnectionIds();
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                for (int id = 0; id < 10_000; id++) {
                  seen.add(ids.next());
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(seen).hasSize(40_000);
  }

  @Test
  void two_processes_begin_elsewhere() {
    assertThat(new ConnectionIds().next()).isNotEqualTo(new ConnectionIds().next());
  }

  @Test
  void text_has_sixteen_digits_whatever_the_number() {
    assertThat(ConnectionIds.text(0)).isEqualTo("0000000000000000");
    assertThat(ConnectionIds.text(255)).isEqualTo("00000000000000ff");
    assertThat(ConnectionIds.text(-1)).isEqualTo("ffffffffffffffff");
  }
}
