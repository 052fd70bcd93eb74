package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SmoothWeightedRoundRobinTest {
  @Test
  void turns_are_spread_over_the_cycle() {
    ServerTable servers = table(1, 2, 1);
    // Whatever it begins with, the heavier one comes every other time.
    assertThat(servers.picks(8).replace('a', '.').replace('c', '.').replace(" ", ""))
        .matches("(b\\.){4}|(\\.b){4}");
  }

  @Test
  void nobody_is_ever_a_whole_turn_away_from_its_share() {
    SplittableRandom chance = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      int[] weights = chance.ints(1 + chance.nextInt(12), 0, 1 + chance.nextInt(1, 60)).toArray();
      assertThat(deviation(weights)).as("%s", weights).isLessThan(1.0);
    }
    assertThat(deviation(new int[] {1, 2, 3, 4, 5, 1, 2, 3, 4, 5})).isLessThan(1.0);
  }

  /** The largest difference between turns and share at any time in three cycles. */
  private static double deviation(int... weights) {
    int[] cycle = SmoothCycle.of(table(weights).view());
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    int[] newestFirst = new int[weights.length];
    for (int i = 0; i < weights.length; i++) {
      newestFirst[i] = weights[weights.length - 1 - i];
    }
    int[] turns = new int[weights.length];
    double worst = 0;
    for (int turn = 0; turn < 3 * cycle.length; turn++) {
      turns[cycle[turn % cycle.length]]++;
      for (int i = 0; i < weights.length; i++) {
        worst = Math.max(worst, Math.abs(turns[i] - (turn + 1.0) * newestFirst[i] / total));
      }
    }
    return worst;
  }

  @Test
  void a_cycle_gives_each_its_weight_also_when_weights_are_large() {
    int[] cycle = SmoothCycle.of(table(65_535, 1, 40_000, 40_000).view());
    int[] turns = new int[4];
    for (int server : cycle) {
      turns[server]++;
    }
    assertThat(cycle.length).isLessThanOrEqualTo((1 << 16) + 4);
    assertThat(turns[2]).isEqualTo(1); // rounded up from half a turn
    assertThat((double) turns[3] / cycle.length).isBetween(0.4502, 0.4504);
    assertThat(turns[0]).isEqualTo(turns[1]);
  }

  @Test
  void the_turn_of_a_server_that_is_out_goes_to_the_next() {
    ServerTable servers = table(1, 1, 1);
    servers.row("b").excluded = true;
    assertThat(servers.picks(6)).doesNotContain("b").contains("a").contains("c");
  }

  @Test
  void it_begins_anywhere() {
    ServerTable one = new ServerTable(new SmoothWeightedRoundRobin());
    for (int i = 0; i < 50; i++) {
      one.add("s" + i, 1);
    }
    assertThat(
            new Random(3)
                .ints(20)
                .mapToObj(
                    each -> {
                      one.bind(new SmoothWeightedRoundRobin());
                      return one.pick();
                    })
                .distinct()
                .count())
        .isGreaterThan(5);
  }

  private static ServerTable table(int... weights) {
    ServerTable servers = new ServerTable(new SmoothWeightedRoundRobin());
    for (int i = 0; i < weights.length; i++) {
      servers.add(String.valueOf((char) ('a' + i)), weights[i]);
    }
    return servers;
  }
}
