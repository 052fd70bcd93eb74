package io.jvs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Connection;
import io.jvs.benchmarks.AdmitComparison.Cell;
import io.jvs.benchmarks.AdmitComparison.Figures;
import io.jvs.model.Flow;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is measured does what it should. */
class SubjectTest {
  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "lc", "wlc", "random", "counter", "scan"})
  void every_subject_uses_every_server_and_counts(String name) {
    Subject subject = Subject.create(name, 5);
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      Object opened = subject.open(Flow.any());
      used.add(
          opened instanceof Connection connection
              ? connection.server().name()
              : Integer.toHexString(System.identityHashCode(opened)));
      if (i % 2 == 0) {
        subject.close(opened);
      }
    }
    assertThat(used).hasSize(5);
  }

  @Test
  void the_table_compares_each_policy_with_its_floor() {
    String table =
        AdmitComparison.table(
            Map.of(
                new Cell("counter", 10, 1), new Figures(10, 0),
                new Cell("rr", 10, 1), new Figures(25, 40)));
    assertThat(table).contains("| rr | counter | 25.0 ns, **2.5×** | ? |").contains("| 40 |");
  }
}
