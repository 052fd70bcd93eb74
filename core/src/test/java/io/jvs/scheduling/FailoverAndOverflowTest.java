package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import org.junit.jupiter.api.Test;

class FailoverAndOverflowTest {
  /** Reference 4.6: A to E. */
  private static KernelList kernelExample(String scheduler) {
    KernelList list = KernelList.of(scheduler);
    list.add("10.9.0.5:80", 2).counts(4, 300);
    list.add("10.9.0.4:80", 0);
    list.add("10.9.0.3:80", 3).counts(7, 200);
    list.add("10.9.0.2:80", 2).counts(5, 0);
    list.add("10.9.0.1:80", 1).counts(3, 10);
    return list;
  }

  @Test
  void fo_takes_the_highest_weight_of_the_kernels_example() {
    assertThat(kernelExample("fo").pick(Flow.any())).isEqualTo(2);
  }

  @Test
  void ovf_finds_all_full_in_the_kernels_example() {
    assertThat(kernelExample("ovf").pick(Flow.any())).isEqualTo(Selector.NONE);
  }

  @Test
  void fo_fails_over_by_weight_and_of_equals_to_the_first() {
    KernelList list = kernelExample("fo");
    list.rows().get(2).excluded = true;
    assertThat(list.pick(Flow.any())).isEqualTo(1); // B and E have weight 2
    list.rows().get(1).overloaded = true;
    assertThat(list.pick(Flow.any())).isEqualTo(4);
    list.edit(list.rows().get(4), 0);
    assertThat(list.pick(Flow.any())).isZero();
    list.rows().get(0).overloaded = true;
    assertThat(list.pick(Flow.any())).isEqualTo(Selector.NONE);
  }

  @Test
  void ovf_gives_a_server_one_connection_more_than_its_weight() {
    KernelList list = KernelList.of("ovf");
    Row small = list.add("10.9.0.2:80", 1);
    Row big = list.add("10.9.0.1:80", 2);
    for (int active = 0; active <= 2; active++) {
      big.active = active;
      assertThat(list.pick(Flow.any())).isZero();
    }
    big.active = 3;
    assertThat(list.pick(Flow.any())).isEqualTo(1);
    small.active = 2;
    assertThat(list.pick(Flow.any())).isEqualTo(Selector.NONE);
    small.counts(1, 1000); // inactive ones do not count
    assertThat(list.pick(Flow.any())).isEqualTo(1);
  }

  @Test
  void ovf_takes_nobody_who_is_quiesced_full_or_excluded() {
    KernelList list = KernelList.of("ovf");
    list.add("10.9.0.3:80", 0);
    list.add("10.9.0.2:80", 1).overloaded = true;
    list.add("10.9.0.1:80", 1).excluded = true;
    assertThat(list.pick(Flow.any())).isEqualTo(Selector.NONE);
  }
}
