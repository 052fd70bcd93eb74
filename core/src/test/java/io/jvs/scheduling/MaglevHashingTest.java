package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaglevHashingTest {
  private static KernelList three(String... flags) {
    KernelList list = KernelList.of("mh", flags);
    list.add("10.9.0.3:80", 1);
    list.add("10.9.0.2:80", 1);
    list.add("10.9.0.1:80", 1);
    return list;
  }

  private static List<Integer> picks(KernelList list, List<HashVectors.Row> clients) {
    return clients.stream().map(row -> list.pick(KernelList.from(row.address(), 40_000))).toList();
  }

  /** Where two thousand clients go. */
  private static List<Row> homes(KernelList list) {
    List<Row> homes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int choice = list.pick(KernelList.from("10.1." + (i >> 8) + "." + (i & 0xFF), 40_000));
      homes.add(choice == Selector.NONE ? null : list.rows().get(choice));
    }
    return homes;
  }

  @Test
  void clients_reach_the_servers_that_the_kernel_chooses() {
    assertThat(picks(three(), HashVectors.IPV4)).containsExactly(0, 2, 1, 2, 0, 1, 0, 0, 0);

    KernelList weighted = KernelList.of("mh");
    weighted.add("10.9.0.1:7000", 3);
    weighted.add("10.9.0.2:7001", 1);
    weighted.add("10.9.0.3:7002", 2);
    assertThat(picks(weighted, HashVectors.IPV4)).containsExactly(2, 2, 2, 0, 2, 2, 2, 2, 1);

    KernelList ipv6 = KernelList.of("mh");
    ipv6.add("[fd00:9::1]:7000", 1);
    ipv6.add("[fd00:9::2]:7001", 1);
    assertThat(picks(ipv6, HashVectors.IPV6)).containsExactly(0, 1, 1, 1, 1);
  }

  @Test
  void with_mh_port_the_port_is_part_of_the_client() {
    KernelList list = three("mh-port");
    List<Integer> weights = List.of(1, 1, 1);
    int[] table = MaglevTable.build(list.view(), 0, weights);
    for (HashVectors.Row row : HashVectors.ALL) {
      assertThat(list.pick(KernelList.from(row.address(), 40_000)))
          .as(row.address())
          .isEqualTo(table[row.slotWithPort()]);
    }
  }

  @Test
  void a_key_goes_to_one_server_from_wherever_it_comes() {
    KernelList list = KernelList.of("mh", "mh-port");
    for (int i = 1; i <= 6; i++) {
      list.add("10.9.0." + i + ":80", 1);
    }
    int home = list.pick(Flow.keyed("user-17"));
    for (int i = 0; i < 10; i++) {
      assertThat(list.pick(KernelList.from("10.0.0." + i, i).withKey("user-17"))).isEqualTo(home);
    }
  }

  @Test
  void quiescing_by_an_edit_leaves_the_table_alone() {
    KernelList list = three();
    list.edit(list.rows().get(1), 0);
    assertThat(picks(list, HashVectors.IPV4)).containsExactly(0, 2, -1, 2, 0, -1, 0, 0, 0);
  }

  @Test
  void the_fallback_probes_as_the_kernel_does() {
    KernelList list = three("mh-fallback");
    list.edit(list.rows().get(1), 0);
    assertThat(picks(list, HashVectors.IPV4)).containsExactly(0, 2, 2, 2, 0, 2, 0, 0, 0);
  }

  @Test
  void the_fallback_finds_the_last_usable_server() {
    KernelList list = three("mh-fallback");
    list.rows().get(0).overloaded = true;
    list.rows().get(2).excluded = true;
    assertThat(picks(list, HashVectors.IPV4)).containsOnly(1);
    list.edit(list.rows().get(1), 0);
    assertThat(picks(list, HashVectors.IPV4)).containsOnly(Selector.NONE);
  }

  @Test
  void added_with_weight_0_a_server_has_no_places_until_it_gets_a_weight() {
    KernelList list = three("mh-fallback");
    List<Row> before = homes(list);
    Row late = list.add("10.9.0.4:80", 0);
    assertThat(homes(list)).isEqualTo(before);
    list.edit(late, 1);
    assertThat(homes(list)).contains(late);
    list.edit(late, 0); // keeps its places now, and the fallback looks elsewhere
    assertThat(homes(list)).doesNotContain(late).doesNotContainNull();
  }

  @Test
  void coming_back_with_weight_0_it_has_no_places_any_more() {
    KernelList list = three();
    Row back = list.rows().get(1);
    list.remove(back);
    List<Row> without = homes(list);
    list.add(back, 0);
    assertThat(homes(list)).isEqualTo(without);
  }

  @Test
  void several_steps_at_once_are_as_good_as_one_by_one() {
    KernelList one = three();
    KernelList many = three();
    steps(one);
    many.together(() -> steps(many));
    assertThat(homes(many).toString()).isEqualTo(homes(one).toString());
  }

  private static void steps(KernelList list) {
    list.edit(list.rows().get(1), 5);
    list.edit(list.rows().get(1), 0); // its last weight is 5
    list.add("10.9.0.4:80", 0);
    list.remove(list.rows().get(1));
    list.add("10.9.0.5:80", 3);
    list.edit(list.rows().get(1), 2);
  }

  @Test
  void an_empty_list_and_one_that_nobody_can_use_have_nobody() {
    KernelList list = KernelList.of("mh", "mh-fallback");
    assertThat(list.pick(Flow.any())).isEqualTo(Selector.NONE);
    list.add("10.9.0.1:80", 0);
    assertThat(list.pick(Flow.any())).isEqualTo(Selector.NONE);
  }

  @Test
  void a_list_that_outgrows_the_table_keeps_the_table_it_had() {
    KernelList list = KernelList.of("mh");
    list.together(
        () -> {
          for (int i = 0; i < MaglevTable.PLACES; i++) {
            list.add("10.9.0.1:" + (1 + i), 1);
          }
        });
    List<Row> before = homes(list);
    list.together(
        () -> {
          for (int i = 0; i < 1_000; i++) {
            list.add("10.9.0.2:" + (1 + i), 1);
          }
        });
    assertThat(homes(list)).isEqualTo(before);
    Row late = list.rows().get(0);
    Row old = before.get(0);
    list.remove(late);
    list.edit(list.rows().get(0), 7);
    assertThat(homes(list)).isEqualTo(before);
    list.remove(old); // leaves a hole, as nobody builds a new table
    assertThat(homes(list).get(0)).isNull();
    assertThat(homes(list).stream().filter(row -> row != null).toList())
        .isEqualTo(before.stream().filter(row -> row != old).toList());
    list.together(
        () -> {
          while (list.rows().size() > 3) {
            list.remove(list.rows().get(0));
          }
        });
    assertThat(homes(list)).doesNotContainNull().containsAll(list.rows());
  }

  @Test
  void all_at_once_or_one_by_one_the_oldest_get_the_places() {
    KernelList list = KernelList.of("mh");
    list.together(
        () -> {
          for (int i = 0; i < 5_000; i++) {
            list.add("10.9.0.1:" + (1 + i), 1);
          }
        });
    List<Row> homes = homes(list);
    int places = list.rows().size() - MaglevTable.PLACES;
    assertThat(homes).doesNotContainAnyElementsOf(list.rows().subList(0, places));
    list.bindAgain();
    assertThat(homes(list)).isEqualTo(homes);
  }
}
