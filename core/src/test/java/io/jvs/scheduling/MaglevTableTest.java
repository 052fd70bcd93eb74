package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/** Whole tables, against those that a Linux 6.1 kernel builds. */
class MaglevTableTest {
  /** Servers newest first, each {@code ADDRESS weight}. */
  private static int[] build(String... servers) {
    KernelList list = KernelList.of("mh");
    for (int i = servers.length - 1; i >= 0; i--) {
      String[] parts = servers[i].split(" ", -1);
      list.add(parts[0], Integer.parseInt(parts[1]));
    }
    List<Integer> weights = new ArrayList<>();
    list.rows().forEach(row -> weights.add(row.weight));
    return MaglevTable.build(list.view(), 0, weights);
  }

  private static String head(int[] table) {
    StringBuilder text = new StringBuilder();
    Arrays.stream(table).limit(16).forEach(text::append);
    return text.toString();
  }

  private static List<Integer> places(int[] table, int servers) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      int server = i;
      places.add((int) Arrays.stream(table).filter(owner -> owner == server).count());
    }
    return places;
  }

  private static String crc32(int[] table) {
    CRC32 sum = new CRC32();
    Arrays.stream(table).forEach(sum::update);
    return String.format("%08x", sum.getValue());
  }

  @Test
  void three_equal_servers() {
    int[] table = build("10.9.0.1:80 1", "10.9.0.2:80 1", "10.9.0.3:80 1");
    assertThat(head(table)).isEqualTo("2122002020220001");
    assertThat(places(table, 3)).containsExactly(1365, 1364, 1364);
    assertThat(crc32(table)).isEqualTo("68c49dcd");
  }

  @Test
  void three_weights_and_ports() {
    int[] table = build("10.9.0.3:7002 2", "10.9.0.2:7001 1", "10.9.0.1:7000 3");
    assertThat(head(table)).isEqualTo("2020202212020222");
    assertThat(places(table, 3)).containsExactly(1365, 682, 2046);
    assertThat(crc32(table)).isEqualTo("e1dfa251");
  }

  @Test
  void a_weight_far_above_the_others_is_scaled_down() {
    int[] table = build("10.9.0.3:7002 3", "10.9.0.2:7001 1", "10.9.0.1:7000 1000");
    assertThat(head(table)).isEqualTo("2222202222222222");
    assertThat(places(table, 3)).containsExactly(64, 64, 3965);
    assertThat(crc32(table)).isEqualTo("f9d2c48a");
  }

  @Test
  void two_servers_of_ipv6() {
    int[] table = build("[fd00:9::2]:7001 1", "[fd00:9::1]:7000 1");
    assertThat(head(table)).isEqualTo("0001111110000111");
    assertThat(places(table, 2)).containsExactly(2047, 2046);
    assertThat(crc32(table)).isEqualTo("05097e70");
  }

  @Test
  void without_the_second_of_three_few_places_move() {
    int[] three = build("10.9.0.1:80 1", "10.9.0.2:80 1", "10.9.0.3:80 1");
    int[] two = build("10.9.0.1:80 1", "10.9.0.3:80 1");
    assertThat(head(two)).isEqualTo("1111001010110000");
    assertThat(places(two, 2)).containsExactly(2047, 2046);
    assertThat(crc32(two)).isEqualTo("4f4267e6");
    int moved = 0;
    for (int place = 0; place < two.length; place++) {
      boolean survives = three[place] != 1;
      moved += survives && three[place] != 2 * two[place] ? 1 : 0; // 0 is still 0, 2 is now 1
    }
    assertThat(moved).isEqualTo(3);
  }

  @Test
  void nobody_with_a_weight_means_a_table_of_nobody() {
    assertThat(build("10.9.0.1:80 0")).hasSize(MaglevTable.PLACES).containsOnly(-1);
    assertThat(build()).hasSize(MaglevTable.PLACES).containsOnly(-1);
  }

  @Test
  void as_many_servers_as_places_have_one_each() {
    String[] servers = new String[MaglevTable.PLACES];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = "10.9.0.1:" + (i + 1) + " 1";
    }
    List<Integer> weights = new ArrayList<>();
    KernelList list = KernelList.of("mh");
    list.together(
        () -> {
          for (String server : servers) {
            list.add(server.substring(0, server.indexOf(' ')), 1);
            weights.add(1);
          }
        });
    assertThat(Arrays.stream(MaglevTable.build(list.view(), 0, weights)).distinct().count())
        .isEqualTo(MaglevTable.PLACES);
  }
}
