package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @ValueSource(strings = {"0s", "1ms", "250ms", "5s", "90s", "15m", "1h", "31d", "1500ms"})
  void what_is_read_is_written_back_or_means_the_same(String text) {
    Duration duration = Durations.parse(text).orElseThrow();
    assertThat(Durations.parse(Durations.format(duration))).contains(duration);
  }

  @Test
  void the_largest_unit_without_a_fraction_is_written() {
    assertThat(Durations.format(Duration.ofSeconds(90))).isEqualTo("90s");
    assertThat(Durations.format(Duration.parse("PT120S"))).isEqualTo("2m");
    assertThat(Durations.format(Duration.ofMillis(1500))).isEqualTo("1500ms");
    assertThat(Durations.format(Duration.parse("PT48H"))).isEqualTo("2d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "1.5s", "5S", "1m30s", "9999999999s", "٥s"})
  void anything_else_is_no_duration(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
