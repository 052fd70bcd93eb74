package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EscapesTest {
  @Test
  void all_that_there_are() {
    assertThat(Escapes.resolve("a\\r\\n\\t\\0\\\\\\x7Fz")).isEqualTo("a\r\n\t\0\\\u007fz");
    assertThat(Escapes.resolve("as \r\n it is")).isEqualTo("as \r\n it is");
  }

  @Test
  void others_are_told() {
    assertThatThrownBy(() -> Escapes.resolve("\\q")).hasMessageStartingWith("escape '\\q' (");
    assertThatThrownBy(() -> Escapes.resolve("\\x1")).hasMessageStartingWith("escape '\\x1' (");
    assertThatThrownBy(() -> Escapes.resolve("end\\")).hasMessageStartingWith("escape '\\' (");
  }
}
