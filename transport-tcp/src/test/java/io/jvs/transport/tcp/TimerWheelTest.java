package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
  private final TimerWheel wheel = new TimerWheel();

  /** Remembers when it fired. */
  private class Alarm extends TimerWheel.Timer {
    final List<Long> fired = new ArrayList<>();
    long due; // 0: not set

    void set(long ticks) {
      wheel.set(this, ticks);
      due = wheel.now() + ticks;
    }

    void cancel() {
      wheel.cancel(this);
      due = 0;
    }

    @Override
    void expired() {
      assertThat(wheel.now()).isEqualTo(due);
      fired.add(due);
      due = 0;
    }
  }

  private void advance(int ticks) {
    for (int i = 0; i < ticks; i++) {
      wheel.advance();
    }
  }

  @Test
  void fires_at_its_tick_however_many_turns_of_the_wheel_away() {
    for (int ticks :
        new int[] {1, 2, TimerWheel.SLOTS - 1, TimerWheel.SLOTS, 5 * TimerWheel.SLOTS + 7}) {
      Alarm alarm = new Alarm();
      alarm.set(ticks);
      advance(ticks - 1);
      assertThat(alarm.fired).isEmpty();
      assertThat(wheel.isEmpty()).isFalse();
      advance(1);
      assertThat(alarm.fired).hasSize(1);
      assertThat(wheel.isEmpty()).isTrue();
    }
  }

  @Test
  void one_that_fires_may_cancel_and_set_others_of_the_same_tick() {
    Alarm victim = new Alarm();
    Alarm again = new Alarm();
    Alarm killer =
        new Alarm() {
          @Override
          void expired() {
            super.expired();
            victim.cancel();
            again.set(1);
          }
        };
    killer.set(3);
    victim.set(3);
    again.set(3);
    advance(3);
    assertThat(victim.fired).isEmpty();
    assertThat(again.fired).isEmpty();
    advance(1);
    assertThat(again.fired).hasSize(1);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @Test
  void what_was_left_when_one_threw_fires_at_the_next_tick() {
    TimerWheel.Timer broken =
        new TimerWheel.Timer() {
          @Override
          void expired() {
            throw new IllegalStateException("broken");
          }
        };
    List<Long> fired = new ArrayList<>();
    TimerWheel.Timer next =
        new TimerWheel.Timer() {
          @Override
          void expired() {
            fired.add(wheel.now());
          }
        };
    wheel.set(broken, 1);
    wheel.set(next, 1);
    try {
      wheel.advance();
    } catch (IllegalStateException e) {
      assertThat(e).hasMessage("broken");
    }
    wheel.advance();
    assertThat(fired).containsExactly(2L);
    assertThat(wheel.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatever_is_set_moved_and_cancelled_fires_when_it_should_and_once(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Alarm> alarms = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      alarms.add(new Alarm());
    }
    for (int step = 0; step < 5_000; step++) {
      Alarm alarm = alarms.get(random.nextInt(alarms.size()));
      if (random.nextInt(4) == 0) {
        alarm.cancel();
      } else {
        alarm.set(1 + random.nextInt(3 * TimerWheel.SLOTS));
      }
      wheel.advance();
      long now = wheel.now();
      assertThat(alarms)
          .as("seed %d, step %d: none is late", seed, step)
          .allMatch(each -> each.due == 0 || each.due > now);
    }
    assertThat(alarms.stream().mapToInt(alarm -> alarm.fired.size()).sum()).isPositive();
    alarms.forEach(Alarm::cancel);
    assertThat(wheel.isEmpty()).isTrue();
  }
}
