package io.jvs.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.RealServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes. */
@Timeout(60)
class LoadScriptTest {
  private static final RealServer SERVER = RealServer.of("10.0.0.1:8080");

  private static LoadScript shell(String line) {
    return new LoadScript(List.of("/bin/sh", "-c", line, "sh"), Duration.ofSeconds(20));
  }

  @Test
  void the_first_line_is_the_value() throws Exception {
    assertThat(shell("echo 0.75; echo 3").measure(SERVER)).isEqualTo(0.75);
  }

  @Test
  void it_is_told_which_server_is_meant() throws Exception {
    assertThat(shell("test $1 = 10.0.0.1 && echo $2").measure(SERVER)).isEqualTo(8080);
  }

  @Test
  void what_is_no_value_is_told() {
    String[][] wrong = {
      {"echo busy", "script /bin/sh printed 'busy' (expected: a number, 0 or more)"},
      {"echo -1", "script /bin/sh printed '-1' (expected: a number, 0 or more)"},
      {"echo NaN", "script /bin/sh printed 'NaN' (expected: a number, 0 or more)"},
      {"true", "script /bin/sh printed '' (expected: a number, 0 or more)"},
      {"echo 1; exit 3", "script /bin/sh ended with status 3"},
    };
    for (String[] each : wrong) {
      assertThatThrownBy(() -> shell(each[0]).measure(SERVER))
          .isInstanceOf(IOException.class)
          .hasMessage(each[1]);
    }
  }

  @Test
  void a_script_that_hangs_is_ended() {
    LoadScript script =
        new LoadScript(List.of("/bin/sh", "-c", "sleep 100"), Duration.ofMillis(100));
    assertThatThrownBy(() -> script.measure(SERVER))
        .hasMessage("script /bin/sh took more than 100ms");
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> new LoadScript(List.of(" "), Duration.ofSeconds(1)))
        .hasMessage("feedback script without a program (expected: it first, then its arguments)");
    assertThatThrownBy(() -> new LoadScript(List.of("x"), Duration.ZERO))
        .hasMessage("feedback script timeout 0s (expected: more than 0)");
  }
}
