package io.jvs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes. */
@Timeout(60)
class ScriptTest {
  private static Answer run(String line) throws Exception {
    return Script.shell(line, Duration.ofSeconds(20)).run();
  }

  @Test
  void the_first_line_is_the_answer() throws Exception {
    assertThat(run("echo 35; echo 99")).isEqualTo(Answer.of(35));
    assertThat(run("echo 35% maxconn:9 drain"))
        .isEqualTo(Answer.of(35).maxConnections(9).admin(Answer.Admin.DRAIN));
    assertThat(run("true")).isEqualTo(Answer.NOTHING);
  }

  @Test
  void another_exit_status_than_0_is_down_and_the_line_says_why() throws Exception {
    assertThat(run("echo no database; exit 3")).isEqualTo(Answer.NOTHING.down("no database"));
    assertThat(run("echo broken >&2; false")).isEqualTo(Answer.NOTHING.down("broken"));
    assertThat(run("exit 4")).isEqualTo(Answer.NOTHING.down("exit status 4"));
    assertThat(run("printf 'a\\tb\\001c'; exit 1")).isEqualTo(Answer.NOTHING.down("a b?c"));
  }

  @Test
  void words_that_are_none_are_no_answer() {
    assertThatThrownBy(() -> run("echo fine"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("answer 'fine' (expected: N%");
  }

  @Test
  void a_script_that_hangs_is_ended_with_its_children() {
    Script script = Script.shell("sleep 100 & sleep 100; echo 5", Duration.ofMillis(200));
    assertThatThrownBy(script::run)
        .isInstanceOf(IOException.class)
        .hasMessage("not ended after 200 ms");
    Eventually.eventually(
        "no children", () -> sleeping() == 0, () -> sleeping() + " processes of this one");
  }

  private static long sleeping() {
    return ProcessHandle.current()
        .descendants()
        .filter(each -> each.info().commandLine().orElse("").contains("sleep 100"))
        .count();
  }

  @Test
  void a_child_that_lives_on_does_not_delay_the_answer() throws Exception {
    assertThat(run("sleep 30 & echo 50; kill $!")).isEqualTo(Answer.of(50));
  }

  @Test
  void a_program_that_is_not_there_is_no_answer() {
    Script script = new Script(List.of("/no/such/program"), Duration.ofSeconds(1));
    assertThatThrownBy(script::run)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/no/such/program");
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> Script.shell(" ", Duration.ofSeconds(1)))
        .hasMessage("agent script ' ' (expected: a command)");
    assertThatThrownBy(() -> new Script(List.of(), Duration.ofSeconds(1)))
        .hasMessage("agent script without a command (expected: a program)");
    assertThatThrownBy(() -> Script.shell("true", Duration.ZERO))
        .hasMessage("agent script timeout PT0S (expected: more than 0)");
  }
}
