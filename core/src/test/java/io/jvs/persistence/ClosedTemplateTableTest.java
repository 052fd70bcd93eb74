package io.jvs.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClosedTemplateTableTest {
  /** As a thread does that has read the generation just before persistence was switched off. */
  @Test
  void what_is_remembered_after_the_end_of_a_table_is_not_counted() {
    Map<String, Integer> counts = new HashMap<>();
    TemplateTable<String> table =
        new TemplateTable<>(
            Persistence.sourceAddress(Duration.ofHours(1)),
            VirtualAddress.none(),
            Ticker.system(),
            (server, n) -> counts.merge(server, n, Integer::sum));
    assertThat(table.remember(Flow.keyed("early"), "a", null)).isNotNull();
    table.close();
    assertThat(table.remember(Flow.keyed("late"), "a", null)).isNotNull();

    assertThat(counts).containsEntry("a", 0);
    assertThat(table.size()).isZero();
  }
}
