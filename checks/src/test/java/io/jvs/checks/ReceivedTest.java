package io.jvs.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ReceivedTest {
  private static String quote(String text) {
    return Received.quote(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void the_first_line_is_shown_in_plain_ascii() {
    assertThat(quote("220 hi\r\n250 there\r\n")).isEqualTo("'220 hi'");
    assertThat(quote("a\u0000\u00ff\u001b[31m")).isEqualTo("'a\\x00\\xff\\x1b[31m'");
    assertThat(quote("x".repeat(100))).isEqualTo("'" + "x".repeat(60) + "…'");
    assertThat(quote("")).isEqualTo("''");
  }

  @Property(seed = "7", tries = 2000)
  void anything_is_bounded_and_printable(@ForAll byte[] bytes) {
    assertThat(Received.quote(bytes)).hasSizeLessThan(70).matches("'[ -~]*…?'");
  }
}
