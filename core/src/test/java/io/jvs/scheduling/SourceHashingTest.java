package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SourceHashingTest {
  /** Keys that stand for each bucket: 256 addresses, found by trying. */
  private static final Flow[] BY_BUCKET = new Flow[256];

  static {
    for (int i = 0; Arrays.asList(BY_BUCKET).contains(null); i++) {
      Flow flow = KernelList.from("10.3." + (i >> 8) + "." + (i & 0xFF), 40_000);
      BY_BUCKET[Folded.hash32(Folded.client(flow), 8)] = flow;
    }
  }

  /** Servers in the order of the list, named A, B, C …, with these weights. */
  private static KernelList list(String[] flags, int... weights) {
    KernelList list = KernelList.of("sh", flags);
    for (int i = weights.length - 1; i >= 0; i--) {
      list.add("10.9.0." + (i + 1) + ":80", weights[i]);
    }
    return list;
  }

  /** The whole table, seen through clients: A to Z, or - for nobody. */
  private static String table(KernelList list) {
    StringBuilder owners = new StringBuilder();
    for (Flow flow : BY_BUCKET) {
      int choice = list.pick(flow);
      owners.append(choice == Selector.NONE ? '-' : (char) ('A' + choice));
    }
    return owners.toString();
  }

  private static long count(String table, char server) {
    return table.chars().filter(c -> c == server).count();
  }

  @Test
  void buckets_are_shared_out_by_weight() {
    String table = table(list(new String[0], 3, 1, 2));
    assertThat(table).startsWith("AAABCCAAABCC").endsWith("B");
    assertThat(count(table, 'A')).isEqualTo(129);
    assertThat(count(table, 'B')).isEqualTo(43);
    assertThat(count(table, 'C')).isEqualTo(84);
  }

  @Test
  void weight_0_still_has_a_bucket_a_turn_that_nobody_serves() {
    String table = table(list(new String[0], 0, 1));
    assertThat(count(table, '-')).isEqualTo(128);
    assertThat(count(table, 'B')).isEqualTo(128);
  }

  @Test
  void when_weights_fill_the_table_the_last_get_nothing() {
    assertThat(count(table(list(new String[0], 300, 5)), 'A')).isEqualTo(256);
  }

  @Test
  void clients_of_both_families_reach_their_buckets() {
    KernelList list = list(new String[0], 3, 1, 2);
    KernelList withPort = list(new String[] {"sh-port"}, 3, 1, 2);
    String table = table(list);
    for (HashVectors.Row row : HashVectors.ALL) {
      Flow flow = KernelList.from(row.address(), 40_000);
      assertThat('A' + list.pick(flow)).as(row.address()).isEqualTo(table.charAt(row.bucket()));
      assertThat('A' + withPort.pick(flow))
          .as("%s port 40000", row.address())
          .isEqualTo(table.charAt(row.bucketWithPort()));
    }
  }

  @Test
  void the_sum_of_address_and_port_wraps() {
    KernelList list = list(new String[] {"sh-port"}, 3, 1, 2);
    assertThat('A' + list.pick(KernelList.from("255.255.255.255", 65_535)))
        .isEqualTo(table(list(new String[0], 3, 1, 2)).charAt(194));
  }

  @Test
  void without_fallback_a_client_of_a_server_that_is_out_has_nobody() {
    KernelList list = list(new String[0], 3, 1, 2);
    Row first = list.rows().get(0);
    first.overloaded = true;
    assertThat(table(list)).startsWith("---BCC---BCC");
    first.overloaded = false;
    first.excluded = true;
    assertThat(table(list)).startsWith("---BCC---BCC");
  }

  @Test
  void the_fallback_probes_as_the_kernel_does() {
    KernelList list = list(new String[] {"sh-fallback"}, 3, 0, 2, 0);
    assertThat(list.pick(KernelList.from("172.16.254.9", 1))).isEqualTo(2); // 125, then 250
    assertThat(list.pick(KernelList.from("192.168.1.1", 1))).isEqualTo(0); // 136, then 16
    assertThat(list.pick(KernelList.from("192.168.1.2", 1))).isEqualTo(0); // 234, then 212
    assertThat(list.pick(KernelList.from("10.0.0.1", 1))).isEqualTo(2); // 39 directly
  }

  @Test
  void the_fallback_finds_the_only_usable_server_wherever_it_is() {
    KernelList list = list(new String[] {"sh-fallback", "sh-port"}, 0, 0, 0, 1, 0);
    assertThat(table(list)).matches("D{256}");
    list.rows().get(3).excluded = true;
    assertThat(table(list)).matches("-{256}");
  }

  @Test
  void every_change_of_the_list_builds_the_table_anew() {
    KernelList list = list(new String[0], 3, 1, 2);
    list.edit(list.rows().get(1), 2);
    assertThat(table(list)).startsWith("AAABBCCAAABBCC");
    list.remove(list.rows().get(0));
    assertThat(table(list)).startsWith("AABBAABB");
    list.together(
        () -> {
          list.add("10.9.0.9:80", 1);
          list.remove(list.rows().get(2));
          list.add("10.9.0.8:80", 4);
          list.edit(list.rows().get(2), 1);
        });
    assertThat(table(list)).startsWith("AAAABCAAAABC");
  }

  @Test
  void a_keyed_call_goes_to_one_server_again_and_again() {
    KernelList list = list(new String[] {"sh-port"}, 1, 1, 1, 1, 1, 1);
    int home = list.pick(Flow.keyed("user-17"));
    assertThat(home).isNotEqualTo(Selector.NONE);
    for (int i = 0; i < 10; i++) {
      assertThat(list.pick(Flow.keyed("user-17"))).isEqualTo(home);
      assertThat(list.pick(KernelList.from("10.0.0." + i, i).withKey("user-17"))).isEqualTo(home);
    }
  }
}
