package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bytes come from outside: whatever they are, the answer is a status or none. */
class HttpStatusLineTest {
  /** RFC 9112, section 4; the space before an absent reason is often left out. */
  private static final Pattern FORM =
      Pattern.compile("HTTP/1\\.[0-9] ([1-9][0-9]{2})[ \\r\\n].*", Pattern.DOTALL);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 200 OK~~Server: x        | 200",
        "HTTP/1.0 503 Service Unavailable~ | 503",
        "HTTP/1.1 500 ~                    | 500",
        "HTTP/1.1 500~                     | 500",
        "HTTP/1.1 999 x                    | 999",
      })
  void a_status_line_has_a_status(String text, int status) {
    assertThat(status(text.replace("~", "\r\n"))).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 50",
        "HTTP/1.1 500", // perhaps there is a fourth digit
        "HTTP/1.1 5000 x",
        "HTTP/1.1 050 xx",
        "HTTP/1.1  500 x",
        "HTTP/1.1 -50 xx",
        "HTTP/1.10 500 x",
        "HTTP/2 500 xxxx",
        "http/1.1 500 xx",
        " HTTP/1.1 500 x",
        "ICY 500 xxxxxxx",
        "220 mail.example ESMTP",
        "\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000\u0000\u0000\u0003\u0000\u0000", // HTTP/2
      })
  void anything_else_has_none(String text) {
    assertThat(status(text)).isEqualTo(HttpStatusLine.NONE);
  }

  @Property
  void it_agrees_with_the_grammar_and_leaves_the_buffer_as_it_was(
      @ForAll("lines") String text, @ForAll @IntRange(max = 20) int before) {
    Matcher matcher = FORM.matcher(text);
    int expected = matcher.matches() ? Integer.parseInt(matcher.group(1)) : HttpStatusLine.NONE;
    byte[] bytes = ("x".repeat(before) + text).getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).position(before).asReadOnlyBuffer();
    assertThat(HttpStatusLine.status(buffer)).isEqualTo(expected);
    assertThat(buffer.position()).isEqualTo(before);
    assertThat(buffer.limit()).isEqualTo(bytes.length);
  }

  @Property
  void any_bytes_are_a_status_or_none(@ForAll byte[] bytes) {
    assertThat(HttpStatusLine.status(ByteBuffer.wrap(bytes)))
        .satisfiesAnyOf(
            status -> assertThat(status).isEqualTo(HttpStatusLine.NONE),
            status -> assertThat(status).isBetween(100, 999));
  }

  @Test
  void a_line_cut_anywhere_is_no_other_line() {
    String line = "HTTP/1.1 503 Service Unavailable\r\n";
    for (int end = 0; end < line.length(); end++) {
      assertThat(status(line.substring(0, end))).isIn(HttpStatusLine.NONE, 503);
    }
  }

  private static int status(String text) {
    return HttpStatusLine.status(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /** Nearly right ones: a right one, cut, with up to two characters changed. */
  @Provide
  Arbitrary<String> lines() {
    Arbitrary<String> right =
        Arbitraries.integers()
            .between(0, 1100)
            .map(status -> "HTTP/1." + status % 3 + " " + status + " OK\r\nServer: x");
    Arbitrary<Character> any =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.of("HTP/1. 05\r\n".chars().mapToObj(c -> (char) c).toList())),
            Tuple.of(1, Arbitraries.chars().range((char) 0, (char) 255)));
    return Combinators.combine(
            right,
            Arbitraries.integers().between(0, 30),
            any,
            Arbitraries.integers().between(-20, 14),
            any,
            Arbitraries.integers().between(-20, 14))
        .as(
            (line, end, one, at, other, there) -> {
              StringBuilder changed = new StringBuilder(line);
              if (at >= 0) {
                changed.setCharAt(at, one);
              }
              if (there >= 0) {
                changed.setCharAt(there, other);
              }
              changed.setLength(Math.min(end < 9 ? changed.length() : end, changed.length()));
              return changed.toString();
            });
  }
}
