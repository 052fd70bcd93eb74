package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** {@code mh} with the flag {@code bounded}. */
class BoundedLoadsTest {
  private final Random random = new Random(1);

  private static KernelList list(int servers, String... flags) {
    KernelList list = KernelList.of("mh", flags);
    for (int i = 0; i < servers; i++) {
      list.add("10.9.0." + (i + 1) + ":80", 1 + i % 3);
    }
    return list;
  }

  private static Row open(KernelList list, Flow flow) {
    Row row = list.rows().get(list.pick(flow));
    row.active++;
    list.touched(row);
    return row;
  }

  private static void close(KernelList list, Row row) {
    row.active--;
    list.touched(row);
  }

  /** The paper's bound, rounded up, as whole numbers: 1.25 is 5 quarters. */
  private static long bound(KernelList list, Row row) {
    long connections = 0;
    long weights = 0;
    for (Row each : list.rows()) {
      if (KernelModel.usable(each)) {
        connections += each.active;
        weights += each.weight;
      }
    }
    return -Math.floorDiv(-5 * connections * row.weight, 4 * weights); // rounded up
  }

  private Flow client(int pool) {
    return KernelList.from("10.4.0." + random.nextInt(pool), 40_000);
  }

  @Test
  void nobody_gets_beyond_a_quarter_more_than_its_share_however_few_clients_there_are() {
    for (int pool : new int[] {1, 3, 20, 200}) {
      KernelList list = list(10, "bounded");
      List<Row> connections = new ArrayList<>();
      for (int i = 0; i < 5_000; i++) {
        Row row = open(list, client(pool));
        assertThat((long) row.active)
            .as("%d clients, %s", pool, row)
            .isLessThanOrEqualTo(bound(list, row));
        connections.add(row);
        if (i > 500) {
          close(list, connections.remove(random.nextInt(connections.size())));
        }
      }
    }
  }

  @Test
  void below_their_bounds_servers_get_those_that_mh_would_give_them() {
    KernelList bounded = list(10, "bounded");
    KernelList plain = list(10);
    for (Row row : bounded.rows()) {
      row.active = 100 * row.weight;
      bounded.touched(row);
    }
    for (int i = 0; i < 200; i++) {
      Flow flow = client(256);
      assertThat(bounded.pick(flow)).isEqualTo(plain.pick(flow));
    }
  }

  @Test
  void a_client_comes_home_when_its_server_has_room_again() {
    KernelList list = list(10, "bounded");
    Flow flow = KernelList.from("10.4.0.1", 40_000);
    int home = list.pick(flow);
    Row owner = list.rows().get(home);
    owner.active = 1_000;
    list.touched(owner);
    int elsewhere = list.pick(flow);
    assertThat(elsewhere).isNotEqualTo(home).isEqualTo(list.pick(flow));
    owner.active = 0;
    list.touched(owner);
    assertThat(list.pick(flow)).isEqualTo(home);
  }

  @Test
  void without_mh_fallback_a_client_of_a_server_that_is_out_has_nobody() {
    KernelList list = list(10, "bounded");
    KernelList fallback = list(10, "bounded", "mh-fallback");
    Flow flow = KernelList.from("10.4.0.1", 40_000);
    for (KernelList each : List.of(list, fallback)) {
      Row owner = each.rows().get(each.pick(flow));
      owner.excluded = true;
      each.touched(owner);
    }
    assertThat(list.pick(flow)).isEqualTo(Selector.NONE);
    assertThat(fallback.pick(flow)).isNotEqualTo(Selector.NONE);
  }

  @Test
  void who_is_out_has_no_share_and_its_connections_count_for_nobody() {
    KernelList list = list(4, "bounded", "mh-fallback");
    Row out = list.rows().get(0);
    out.active = 1_000_000;
    out.excluded = true;
    list.touched(out);
    for (int i = 0; i < 1_000; i++) {
      Row row = open(list, client(2));
      assertThat(row).isNotSameAs(out);
      assertThat((long) row.active).isLessThanOrEqualTo(bound(list, row));
    }
  }

  @Test
  void the_last_usable_server_takes_all() {
    KernelList list = list(3, "bounded", "mh-fallback");
    list.rows().get(0).excluded = true;
    list.rows().get(1).overloaded = true;
    list.rows().forEach(list::touched);
    for (int i = 0; i < 100; i++) {
      assertThat(open(list, client(5))).isSameAs(list.rows().get(2));
    }
  }

  @Test
  void changes_of_the_list_start_from_the_counts_there_are() {
    KernelList list = list(6, "bounded");
    for (int i = 0; i < 600; i++) {
      open(list, client(3));
    }
    list.remove(list.rows().get(2));
    list.add("10.9.1.1:80", 6);
    list.edit(list.rows().get(1), 9);
    for (int i = 0; i < 600; i++) {
      Row row = open(list, client(3));
      assertThat((long) row.active).isLessThanOrEqualTo(bound(list, row));
    }
  }

  @Test
  void sums_do_not_drift_when_threads_change_the_same_servers() throws Exception {
    KernelList list = list(2, "bounded");
    LoadAware selector = (LoadAware) list.selector();
    Row row = list.rows().get(0);
    Object lock = new Object();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 3; thread++) {
        int step = thread == 0 ? 2 : -1;
        all.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 50_000; i++) {
                    synchronized (lock) {
                      row.active += step;
                    }
                    selector.loadChanged(list.view(), 0);
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(row.active).isZero();
    // Were the sums wrong by one connection, a bound would differ for some of these counts.
    Row other = list.rows().get(1);
    Selector fresh = afresh(list);
    for (int active = 0; active < 20; active++) {
      other.active = active;
      list.touched(other);
      ((LoadAware) fresh).loadChanged(list.view(), 1);
      for (int i = 0; i < 50; i++) {
        Flow flow = client(200);
        assertThat(list.pick(flow)).isEqualTo(fresh.select(list.view(), flow));
      }
    }
  }

  private static Selector afresh(KernelList list) {
    KernelList copy = KernelList.of("mh", "bounded");
    copy.together(
        () -> {
          for (int i = list.rows().size() - 1; i >= 0; i--) {
            Row row = list.rows().get(i);
            copy.add(row, row.weight);
          }
        });
    return copy.selector();
  }
}
