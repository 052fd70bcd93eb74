package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Property
  void a_class_ends_at_most_an_eighth_above_what_is_in_it(@ForAll @LongRange(min = 0) long nanos) {
    long end = Latencies.endOf(Latencies.classOf(nanos));
    assertThat(end).isGreaterThanOrEqualTo(nanos);
    assertThat(end - nanos).isLessThanOrEqualTo(nanos / 8);
    assertThat(Latencies.classOf(end)).isEqualTo(Latencies.classOf(nanos));
  }

  @Test
  void few_calls_say_nothing() {
    Latencies latencies = new Latencies();
    for (int i = 1; i < Latencies.ENOUGH; i++) {
      latencies.add(1000);
    }
    assertThat(latencies.percentile(95)).isEqualTo(-1);
    latencies.add(1000);
    assertThat(latencies.percentile(95)).isBetween(1000L, 1125L);
  }

  @Test
  void a_percentile_is_where_so_many_are_below() {
    Latencies latencies = new Latencies();
    for (int i = 1; i <= 100; i++) {
      latencies.add(i * 1_000_000L);
    }
    assertThat(latencies.percentile(50)).isBetween(50_000_000L, 56_250_000L);
    assertThat(latencies.percentile(90)).isBetween(90_000_000L, 101_250_000L);
  }

  @Test
  void the_past_fades() {
    Latencies latencies = new Latencies();
    for (int i = 0; i < 1000; i++) {
      latencies.add(1_000_000);
    }
    for (int i = 0; i < 3000; i++) {
      latencies.add(1000);
    }
    assertThat(latencies.percentile(90)).isLessThan(1200);
  }
}
