package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.Flow;
import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.KernelList.Row;
import io.jvs.scheduling.Scheduler.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** {@code lblc} and {@code lblcr}. */
class LocalityTest {
  private static final Flow HOME = KernelList.to("198.51.100.1");

  private final KernelList lblc = KernelList.of("lblc");
  private final KernelList lblcr = KernelList.of("lblcr");

  private static Row pick(KernelList list, Flow flow) {
    int choice = list.pick(flow);
    assertThat(choice).isNotEqualTo(Selector.NONE);
    return list.rows().get(choice);
  }

  @Test
  void lblc_keeps_to_the_server_of_a_destination() {
    lblc.add("10.9.0.2:80", 2);
    Row first = lblc.add("10.9.0.1:80", 2);
    Row home = pick(lblc, HOME);
    assertThat(home).isSameAs(first);
    first.counts(2, 1000); // not hot: not more active ones than its weight
    assertThat(pick(lblc, HOME)).isSameAs(first);
    assertThat(pick(lblc, KernelList.to("198.51.100.2"))).isNotSameAs(first);
  }

  @Test
  void lblc_leaves_a_hot_server_only_for_one_that_is_half_idle() {
    Row other = lblc.add("10.9.0.2:80", 4);
    Row first = lblc.add("10.9.0.1:80", 4);
    pick(lblc, HOME);
    first.active = 5;
    other.active = 2;
    assertThat(pick(lblc, HOME)).isSameAs(first);
    other.active = 1;
    assertThat(pick(lblc, HOME)).isSameAs(other);
    first.active = 0; // it stays where it has moved to
    assertThat(pick(lblc, HOME)).isSameAs(other);
  }

  @Test
  void lblc_does_not_look_at_the_overload_mark_of_the_server_it_remembers() {
    Row other = lblc.add("10.9.0.2:80", 1);
    Row first = lblc.add("10.9.0.1:80", 1);
    pick(lblc, HOME);
    first.overloaded = true;
    assertThat(pick(lblc, HOME)).isSameAs(first);
    assertThat(pick(lblc, KernelList.to("198.51.100.2"))).isSameAs(other);
  }

  @Test
  void an_idle_server_makes_another_hot_even_if_it_is_full_but_not_if_it_is_down() {
    Row idle = lblc.add("10.9.0.3:80", 9);
    Row other = lblc.add("10.9.0.2:80", 1);
    Row first = lblc.add("10.9.0.1:80", 1);
    idle.overloaded = true;
    pick(lblc, HOME);
    first.active = 2;
    other.active = 1;
    assertThat(pick(lblc, HOME)).isSameAs(other);
    other.active = 2;
    first.active = 1;
    idle.excluded = true;
    assertThat(pick(lblc, HOME)).isSameAs(other);
  }

  @Test
  void a_quiesced_or_excluded_server_is_replaced_for_good() {
    Row other = lblc.add("10.9.0.2:80", 1);
    Row first = lblc.add("10.9.0.1:80", 1);
    pick(lblc, HOME);
    first.excluded = true;
    assertThat(pick(lblc, HOME)).isSameAs(other);
    first.excluded = false;
    assertThat(pick(lblc, HOME)).isSameAs(other);
    lblc.edit(other, 0);
    assertThat(pick(lblc, HOME)).isSameAs(first);
  }

  @Test
  void a_destination_follows_its_server_through_changes_of_the_list() {
    Row first = lblc.add("10.9.0.1:80", 1);
    pick(lblc, HOME);
    Row newer = lblc.add("10.9.0.2:80", 1);
    assertThat(pick(lblc, HOME)).isSameAs(first);
    lblc.together(
        () -> {
          lblc.remove(newer);
          lblc.add("10.9.0.3:80", 5);
          lblc.add("10.9.0.4:80", 5);
        });
    assertThat(pick(lblc, HOME)).isSameAs(first);
  }

  @Test
  void a_server_that_returns_before_its_destination_was_asked_for_has_it_again() {
    lblc.add("10.9.0.2:80", 1);
    Row first = lblc.add("10.9.0.1:80", 1);
    pick(lblc, HOME);
    lblc.remove(first);
    lblc.add("10.9.0.3:80", 1);
    Row back = lblc.add("10.9.0.1:80", 1);
    back.counts(1, 0); // so that wlc would choose another
    assertThat(pick(lblc, HOME)).isSameAs(back);
    lblc.together(
        () -> {
          lblc.remove(back);
          lblc.add(back, 2);
        });
    assertThat(pick(lblc, HOME)).isSameAs(back);
    lblc.remove(back);
    assertThat(pick(lblc, HOME)).isNotSameAs(back);
  }

  @Test
  void families_and_keys_are_different_destinations() {
    Row one = lblc.add("10.9.0.1:80", 1);
    assertThat(pick(lblc, KernelList.to("0.0.0.7"))).isSameAs(one);
    one.counts(0, 1);
    Row two = lblc.add("10.9.0.2:80", 1);
    assertThat(pick(lblc, KernelList.to("::7"))).isSameAs(two);
    two.counts(0, 2);
    Row three = lblc.add("10.9.0.3:80", 1);
    assertThat(pick(lblc, Flow.keyed("user"))).isSameAs(three);
    three.counts(0, 3);
    assertThat(pick(lblc, KernelList.to("0.0.0.7"))).isSameAs(one);
    assertThat(pick(lblc, KernelList.to("::7"))).isSameAs(two);
    assertThat(pick(lblc, Flow.keyed("user"))).isSameAs(three);
    assertThat(pick(lblc, KernelList.to("::7").withKey("user"))).isSameAs(three);
  }

  @Test
  void a_day_without_a_call_and_the_destination_is_forgotten_by_the_next_full_collection() {
    Row other = lblc.add("10.9.0.2:80", 1);
    Row first = lblc.add("10.9.0.1:80", 1);
    pick(lblc, HOME);
    first.counts(0, 1);
    lblc.ticker.advance(Duration.ofHours(24).minusSeconds(1));
    assertThat(pick(lblc, HOME)).isSameAs(first); // used, so it starts anew
    // Full collections are at each 30 minutes; this use was a second before one of them.
    lblc.ticker.advance(Duration.ofHours(24));
    assertThat(pick(lblc, HOME)).isSameAs(first);
    lblc.ticker.advance(Duration.ofHours(24).plusSeconds(2));
    assertThat(pick(lblc, HOME)).isSameAs(other);
  }

  @Test
  void a_time_of_its_own_can_be_set_for_each() {
    Schedulers known =
        Schedulers.builtIn()
            .lblcExpiration(Duration.ofMinutes(29))
            .lblcrExpiration(Duration.ofMinutes(1));
    KernelList list =
        new KernelList(known.find(SchedulerSpec.of("lblc")), KernelCompatibility.NEWEST);
    Row other = list.add("10.9.0.2:80", 1);
    Row first = list.add("10.9.0.1:80", 1);
    pick(list, HOME);
    first.counts(0, 1);
    list.ticker.advance(Duration.ofMinutes(30).minusNanos(1));
    assertThat(pick(list, HOME)).isSameAs(first); // used just before the full collection
    list.ticker.advance(Duration.ofMinutes(30).plusNanos(1));
    assertThat(pick(list, HOME)).isSameAs(other);
    assertThat(known.names()).isEqualTo(Schedulers.builtIn().names());
    assertThatThrownBy(() -> known.lblcExpiration(Duration.ZERO))
        .hasMessage("lblc_expiration PT0S (expected: a positive duration)");
  }

  @Test
  void lblcr_adds_a_server_when_the_least_loaded_of_the_set_is_hot() {
    Row other = lblcr.add("10.9.0.2:80", 2);
    Row first = lblcr.add("10.9.0.1:80", 2);
    assertThat(pick(lblcr, HOME)).isSameAs(first);
    first.active = 3;
    assertThat(pick(lblcr, HOME)).isSameAs(other);
    first.active = 1;
    other.active = 2;
    assertThat(pick(lblcr, HOME)).isSameAs(first); // both are in the set
    first.overloaded = true;
    assertThat(pick(lblcr, HOME)).isSameAs(other);
  }

  /** Both in the set, first loaded more than other. */
  private Row[] replicated() {
    Row other = lblcr.add("10.9.0.2:80", 2);
    Row first = lblcr.add("10.9.0.1:80", 2);
    pick(lblcr, HOME);
    first.active = 3;
    pick(lblcr, HOME);
    return new Row[] {first, other};
  }

  @Test
  void lblcr_takes_the_most_loaded_from_a_set_that_has_not_changed_for_a_day() {
    Row[] rows = replicated();
    Row first = rows[0];
    Row other = rows[1];
    for (int hour = 0; hour < 24; hour++) {
      lblcr.ticker.advance(Duration.ofHours(1)); // it is used all the time
      assertThat(pick(lblcr, HOME)).isSameAs(other);
    }
    lblcr.ticker.advance(Duration.ofNanos(1));
    assertThat(pick(lblcr, HOME)).isSameAs(other); // and first leaves the set
    first.active = 0;
    other.active = 2;
    assertThat(pick(lblcr, HOME)).isSameAs(other);
  }

  @Test
  void the_one_that_leaves_the_set_serves_once_more_if_it_was_chosen() {
    Row[] rows = replicated();
    Row first = rows[0];
    Row other = rows[1];
    other.overloaded = true; // so the most loaded one is the only one that is usable
    lblcr.ticker.advance(Duration.ofHours(24).minusMinutes(1));
    first.active = 2;
    assertThat(pick(lblcr, HOME)).isSameAs(first);
    lblcr.ticker.advance(Duration.ofMinutes(2));
    assertThat(pick(lblcr, HOME)).isSameAs(first);
    other.overloaded = false;
    other.active = 2; // more loaded than first, but alone in the set
    first.active = 1;
    assertThat(pick(lblcr, HOME)).isSameAs(other);
  }

  @Test
  void a_removed_server_can_be_the_one_that_leaves_the_set() {
    Row[] rows = replicated();
    Row first = rows[0];
    Row other = rows[1];
    lblcr.remove(first); // its three connections live on
    lblcr.ticker.advance(Duration.ofHours(12));
    assertThat(pick(lblcr, HOME)).isSameAs(other);
    lblcr.add("10.9.0.3:80", 1);
    lblcr.ticker.advance(Duration.ofHours(12).plusNanos(1));
    assertThat(pick(lblcr, HOME)).isSameAs(other); // and first has left the set
    lblcr.add(first, 2);
    first.active = 0;
    other.active = 1;
    assertThat(pick(lblcr, HOME)).isSameAs(other);
  }

  @Test
  void a_removed_server_that_comes_back_is_in_the_set_again() {
    Row[] rows = replicated();
    Row first = rows[0];
    Row other = rows[1];
    lblcr.remove(first);
    assertThat(pick(lblcr, HOME)).isSameAs(other);
    lblcr.add("10.9.0.3:80", 1); // idle, but not in the set
    lblcr.add(first, 2);
    first.active = 1;
    other.active = 2;
    assertThat(pick(lblcr, HOME)).isSameAs(first);
  }

  @Test
  void nobody_usable_means_nobody_and_nothing_is_remembered() {
    for (KernelList list : new KernelList[] {lblc, lblcr}) {
      Row one = list.add("10.9.0.1:80", 1);
      one.overloaded = true;
      assertThat(list.pick(HOME)).isEqualTo(Selector.NONE);
      one.overloaded = false;
      assertThat(pick(list, HOME)).isSameAs(one);
      list.remove(one);
      assertThat(list.pick(HOME)).isEqualTo(Selector.NONE);
    }
  }

  /** What choosing threads see, published as one. */
  private record Published(Selector selector, ServerView view) {}

  @Test
  void threads_choose_from_the_list_they_see_while_others_are_published() throws Exception {
    for (KernelList list : new KernelList[] {lblc, lblcr}) {
      for (int i = 0; i < 20; i++) {
        list.add("10.9.0.1:" + (1 + i), 1 + i % 2);
      }
      AtomicReference<Published> published =
          new AtomicReference<>(new Published(list.selector(), list.view()));
      AtomicBoolean stop = new AtomicBoolean();
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        List<Future<Integer>> choosing = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
          int first = thread;
          choosing.add(threads.submit(() -> choose(published, stop, first)));
        }
        Random random = new Random(1);
        for (int i = 0; i < 3_000; i++) {
          Row moved = list.rows().get(random.nextInt(20));
          list.together(
              () -> {
                list.remove(moved);
                list.add(moved, random.nextInt(3));
              });
          published.set(new Published(list.selector(), list.view()));
        }
        stop.set(true);
        for (Future<Integer> each : choosing) {
          assertThat(each.get()).as("choices").isPositive();
        }
      } finally {
        stop.set(true);
        threads.shutdown();
      }
    }
  }

  private static int choose(AtomicReference<Published> published, AtomicBoolean stop, int thread) {
    int choices = 0;
    do {
      Published now = Objects.requireNonNull(published.get());
      Flow flow = KernelList.to("198.51.100." + (choices + thread) % 200);
      int choice = now.selector().select(now.view(), flow);
      assertThat(choice).isBetween(0, 19);
      assertThat(now.view().weight(choice)).isPositive();
      choices++;
    } while (!stop.get());
    return choices;
  }
}
