package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import org.junit.jupiter.api.Test;

class DestinationHashingTest {
  @Test
  void places_are_dealt_out_to_the_servers_in_turn() {
    KernelList list = KernelList.of("dh");
    for (int i = 1; i <= 7; i++) {
      list.add("10.9.0." + i + ":80", i);
    }
    for (HashVectors.Row row : HashVectors.ALL) {
      assertThat(list.pick(KernelList.to(row.address())))
          .as(row.address())
          .isEqualTo(row.bucket() % 7);
    }
  }

  @Test
  void a_list_longer_than_the_table_uses_its_head_only() {
    KernelList list = KernelList.of("dh");
    for (int i = 0; i < 300; i++) {
      list.add("10.9.0.1:" + (1 + i), 1);
    }
    for (HashVectors.Row row : HashVectors.ALL) {
      assertThat(list.pick(KernelList.to(row.address()))).isEqualTo(row.bucket());
    }
  }

  @Test
  void nobody_else_takes_what_belongs_to_a_quiesced_full_or_excluded_server() {
    KernelList list = KernelList.of("dh");
    list.add("10.9.0.2:80", 1);
    Row owner = list.add("10.9.0.1:80", 1);
    Flow flow = KernelList.to("172.16.254.9"); // bucket 125, the second of two
    Flow other = KernelList.to("10.1.2.3"); // bucket 2
    assertThat(list.pick(flow)).isEqualTo(1);
    assertThat(list.pick(other)).isZero();
    owner.overloaded = true;
    assertThat(list.pick(other)).isEqualTo(Selector.NONE);
    owner.overloaded = false;
    owner.excluded = true;
    assertThat(list.pick(other)).isEqualTo(Selector.NONE);
    owner.excluded = false;
    list.edit(owner, 0);
    assertThat(list.pick(other)).isEqualTo(Selector.NONE);
    assertThat(list.pick(flow)).isEqualTo(1);
  }

  @Test
  void a_key_counts_more_than_the_destination() {
    KernelList list = KernelList.of("dh");
    for (int i = 1; i <= 6; i++) {
      list.add("10.9.0." + i + ":80", 1);
    }
    int home = list.pick(Flow.keyed("user-17"));
    for (int i = 0; i < 10; i++) {
      assertThat(list.pick(KernelList.to("10.0.0." + i).withKey("user-17"))).isEqualTo(home);
    }
  }

  @Test
  void the_destination_decides_not_the_client() {
    KernelList list = KernelList.of("dh");
    for (int i = 1; i <= 16; i++) {
      list.add("10.9.0." + i + ":80", 1);
    }
    int first = list.pick(KernelList.from("10.0.0.1", 1));
    for (int i = 0; i < 100; i++) {
      assertThat(list.pick(KernelList.from("10.0.0." + i, i))).isEqualTo(first);
    }
  }
}
