package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowTableTest {
  @ParameterizedTest
  @ValueSource(ints = {20, 3_000})
  void it_finds_what_was_added_and_not_removed(int crowd) {
    Random random = new Random(crowd);
    FlowTable<FlowKey> table = new FlowTable<>(random.nextLong());
    List<FlowKey> present = new ArrayList<>();
    for (int step = 0; step < 50_000; step++) {
      boolean grow = present.isEmpty() || random.nextInt(2 * crowd) >= present.size();
      if (grow) {
        FlowKey key =
            new FlowKey(random.nextInt(3), random.nextInt(50), step, 0, random.nextInt(3));
        assertThat(find(table, key)).isNull();
        table.add(key);
        present.add(key);
      } else {
        int at = random.nextInt(present.size());
        FlowKey key = present.set(at, present.get(present.size() - 1));
        present.remove(present.size() - 1);
        table.remove(key);
        assertThat(find(table, key)).isNull();
      }
      assertThat(table.size()).isEqualTo(present.size());
      if (step % 500 == 0) {
        assertThat(present).allSatisfy(key -> assertThat(find(table, key)).isSameAs(key));
      }
    }
  }

  private static @Nullable FlowKey find(FlowTable<FlowKey> table, FlowKey key) {
    return table.find(key.clientHigh, key.clientLow, key.clientPort, key.localHigh, key.localLow);
  }
}
