package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusRangesTest {
  @Test
  void codes_and_ranges_have_blanks_or_commas_between_them() {
    assertThat(StatusRanges.parse("200-299 304,404")).hasToString("200-299 304 404");
    assertThat(StatusRanges.parse(" 500 ")).hasToString("500");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2xx     | status '2xx' (expected: codes and ranges, such as 200-299 404)",
        "''      | status '' (expected: codes and ranges, such as 200-299 404)",
        "300-200 | status 300-200 (expected: 100 to 599, the smaller first)",
        "600     | status 600 (expected: 100 to 599, the smaller first)",
      })
  void anything_else_is_refused(String text, String message) {
    assertThatThrownBy(() -> StatusRanges.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void none_at_all_is_refused() {
    assertThatThrownBy(() -> new StatusRanges(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no status (expected: one or more, such as 200-299)");
  }

  @Test
  void a_range_contains_its_ends_and_what_is_between() {
    StatusRanges ranges = StatusRanges.parse("500-502 504");
    assertThat(IntStream.range(0, 1000).filter(ranges::contains))
        .containsExactly(500, 501, 502, 504);
  }
}
