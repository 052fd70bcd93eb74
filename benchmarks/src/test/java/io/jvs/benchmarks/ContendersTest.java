package io.jvs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.Flow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.logging.LogManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is measured does what it should. */
class ContendersTest {
  @BeforeAll
  static void without_a_log() {
    LogManager.getLogManager().reset(); // as the command does
  }

  static List<String> subjects() {
    return Contenders.subjects();
  }

  @ParameterizedTest
  @MethodSource("subjects")
  void every_subject_uses_every_server_while_work_is_open(String name) {
    Subject subject = Contenders.create(name, 5);
    List<Object> open = new ArrayList<>();
    Random chance = new Random(1);
    Set<Integer> used = new HashSet<>();
    for (Flow client : Clients.flows(500)) {
      if (open.isEmpty() || chance.nextBoolean()) {
        open.add(Objects.requireNonNull(subject.open(client)));
      } else {
        subject.close(open.remove(chance.nextInt(open.size())), subject.now());
      }
      used.add(subject.serve(client));
    }
    assertThat(used).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  @Test
  void a_subject_nobody_has_is_refused_with_those_that_exist() {
    assertThatThrownBy(() -> Contenders.create("floor/WRR", 5))
        .hasMessageContaining("floor/WRR")
        .hasMessageContaining("floor/RR");
  }

  @Test
  void a_replaced_server_is_chosen_and_a_flip_leaves_all_in() {
    JvsPool pool = new JvsPool(Row.RR_COUNTED, 3);
    pool.prepare(1);
    pool.replace();
    pool.flip(2);
    assertThat(pool.balancer().status().servers())
        .allMatch(server -> server.down() == null)
        .extracting(server -> server.server().name())
        .containsExactlyInAnyOrder("10.0.0.0:80", "10.0.0.3:80", "10.0.0.2:80");
  }
}
