package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
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

  /** The same link-local address at two network devices. */
  @Test
  void clients_are_told_apart_by_the_device_that_they_are_at() {
    FlowTable<FlowKey> table = new FlowTable<>(7);
    Messages messages = new Messages(3);
    for (int i = 0; i < 3; i++) {
      messages.came(i, true, 0xFE80L << 48, 1, 10 + i, 5353, 0);
    }
    FlowKey one = new FlowKey(messages, 0, 0, 0);
    FlowKey two = new FlowKey(messages, 1, 0, 0);
    table.add(one);
    table.add(two);
    assertThat(table.find(messages, 0, 0, 0)).isSameAs(one);
    assertThat(table.find(messages, 1, 0, 0)).isSameAs(two);
    assertThat(table.find(messages, 2, 0, 0)).isNull();
    table.remove(one);
    assertThat(table.find(messages, 0, 0, 0)).isNull();
    assertThat(table.find(messages, 1, 0, 0)).isSameAs(two);
  }

  private static @Nullable FlowKey find(FlowTable<FlowKey> table, FlowKey key) {
    return table.find(key.clientHigh, key.clientLow, key.clientPort, key.localHigh, key.localLow);
  }
}
