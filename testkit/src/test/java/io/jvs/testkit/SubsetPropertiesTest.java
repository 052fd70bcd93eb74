package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.RendezvousSubset;
import io.jvs.model.RealServer;
import io.jvs.model.Subset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** What a subset promises, for every pool, client and size. */
class SubsetPropertiesTest {
  private static List<RealServer> pool(int size, int seed) {
    List<RealServer> pool = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int number = seed * 1000 + i;
      pool.add(
          RealServer.of(
              "10."
                  + (number >> 16 & 255)
                  + "."
                  + (number >> 8 & 255)
                  + "."
                  + (number & 255)
                  + ":"
                  + (80 + number % 3)));
    }
    return pool;
  }

  @Property(tries = 300)
  void a_client_gets_the_same_servers_whatever_the_order_of_the_pool(
      @ForAll @IntRange(max = 200) int servers,
      @ForAll @IntRange(max = 1000) int seed,
      @ForAll @AlphaChars @StringLength(min = 1, max = 30) String client,
      @ForAll @IntRange(min = 1, max = 50) int size) {
    List<RealServer> pool = pool(servers, seed);
    List<RealServer> chosen = RendezvousSubset.of(pool, new Subset(client, size));
    Collections.shuffle(pool, new Random(seed));
    assertThat(RendezvousSubset.of(pool, new Subset(client, size))).isEqualTo(chosen);
    assertThat(chosen).hasSize(Math.min(size, servers)).doesNotHaveDuplicates();
    assertThat(pool).containsAll(chosen);
  }

  @Property(tries = 300)
  void a_server_that_leaves_or_comes_changes_at_most_one_member(
      @ForAll @IntRange(min = 1, max = 200) int servers,
      @ForAll @IntRange(max = 1000) int seed,
      @ForAll @AlphaChars @StringLength(min = 1, max = 30) String client,
      @ForAll @IntRange(min = 1, max = 50) int size) {
    List<RealServer> pool = pool(servers, seed);
    List<RealServer> before = RendezvousSubset.of(pool, new Subset(client, size));
    RealServer gone = pool.remove(new Random(seed).nextInt(servers));
    List<RealServer> after = RendezvousSubset.of(pool, new Subset(client, size));

    Set<RealServer> lost = new HashSet<>(before);
    after.forEach(lost::remove);
    assertThat(lost).isEqualTo(before.contains(gone) ? Set.of(gone) : Set.of());
    Set<RealServer> gained = new HashSet<>(after);
    before.forEach(gained::remove);
    assertThat(gained).hasSize(before.contains(gone) && servers > size ? 1 : 0);
  }

  /** By chance a server is in 100 of 1000 subsets, with a standard deviation of 9.5. */
  @Property(tries = 10)
  void each_server_is_in_about_the_same_number_of_subsets(@ForAll @IntRange(max = 1000) int seed) {
    List<RealServer> pool = pool(200, seed);
    Map<RealServer, Integer> members = new HashMap<>();
    for (int client = 0; client < 1000; client++) {
      for (RealServer each : RendezvousSubset.of(pool, new Subset(seed + "-" + client, 20))) {
        members.merge(each, 1, Integer::sum);
      }
    }
    assertThat(members).hasSize(200).allSatisfy((s, n) -> assertThat(n).isBetween(50, 150));
    double square = members.values().stream().mapToDouble(n -> (n - 100) * (n - 100)).sum() / 200;
    assertThat(Math.sqrt(square)).as("standard deviation").isBetween(6.5, 12.5);
  }
}
