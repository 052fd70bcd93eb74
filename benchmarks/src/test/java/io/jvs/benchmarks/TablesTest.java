package io.jvs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.benchmarks.Figures.Cost;
import java.util.List;
import java.util.logging.LogManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables say what was measured, and bars whether it is enough. */
class TablesTest {
  private final Figures figures = new Figures();
  private final ChangeTable changes = new ChangeTable();

  @BeforeAll
  static void without_a_log() {
    LogManager.getLogManager().reset(); // as the command does
  }

  @Test
  void each_choice_stands_beside_its_floor_as_a_ratio() {
    figures.add("floor/RR_COUNTED", 10, 1, new Cost(10, 0));
    figures.add("JVS Connection/WRR_COUNTED", 10, 1, new Cost(25, 40));
    assertThat(ChoiceTable.of(figures, List.of(new Floors(), Jvs.CONNECTION)))
        .contains("| wrr, counted | 10 | 1 | 10.0 ns, 0 B | 25.0 ns, **2.5×**, 40 B |")
        .doesNotContain("| 100 |");
  }

  @Test
  void a_bar_is_met_by_the_worst_of_its_readings_or_missed_by_so_much() {
    figures.add("floor/RR_COUNTED", 10, 1, new Cost(10, 0));
    figures.add("floor/RR_COUNTED", 100, 1, new Cost(10, 0));
    figures.add("JVS Connection/RR_COUNTED", 10, 1, new Cost(14, 40));
    figures.add("JVS Connection/RR_COUNTED", 100, 1, new Cost(20, 40));
    changes.add(Changes.FLIP, Row.RR, Jvs.CONNECTION, 5);
    assertThat(Bars.of(figures, changes))
        .contains(
            "| round robin at most 1.5× its floor | 2.00×: rr, counted, 100 servers, 1 thread"
                + " | **missed by 0.500×, in 1 of 2** |")
        .contains("| at most 48 B with a Connection | 40.0 B: rr, counted, 10 servers, 1 thread")
        .contains("10 µs | 5.00 µs: rr, health flip of 1 of 10,000 | **met** |")
        .contains("| replacing 1 of 10,000 servers at most 500 µs | not measured | |");
  }

  @Test
  void changes_are_measured_for_every_policy_of_ours() {
    ChangeTable measured = new Changes(20, 1000, 2).measure(List.of(Jvs.values()));
    for (Row row : List.of(Row.RR, Row.WRR, Row.LC, Row.WLC)) {
      assertThat(measured.get(Changes.REPLACE, row, Jvs.CONNECTION)).isPositive();
      assertThat(measured.get(Changes.BRING_UP, row, Jvs.CONNECTION)).isPositive();
    }
    assertThat(measured.get(Changes.DEVIATION, Row.WRR, Jvs.CONNECTION)).isPositive();
    assertThat(measured.text(List.of(Jvs.values()))).contains("| memory per template | rr | B |");
  }
}
