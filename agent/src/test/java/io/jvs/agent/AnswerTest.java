package io.jvs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.agent.Answer.Admin;
import io.jvs.agent.Answer.State;
import io.jvs.health.AgentAnswer;
import org.junit.jupiter.api.Test;

class AnswerTest {
  @Test
  void words_stand_in_one_line() {
    assertThat(Answer.of(75)).hasToString("75%");
    assertThat(Answer.NOTHING).hasToString("");
    assertThat(Answer.of(75).maxConnections(30).admin(Admin.READY).up())
        .hasToString("75% maxconn:30 ready up");
    assertThat(Answer.of(0).admin(Admin.MAINT).down("disk full"))
        .hasToString("0% maint down #disk full");
  }

  @Test
  void what_is_written_is_read_by_our_own_client() {
    for (Admin admin : Admin.values()) {
      for (State state : State.values()) {
        String why = state == State.UP ? "" : "50% of disks, gone";
        Answer answer = Answer.of(20).maxConnections(7).admin(admin).state(state, why);
        AgentAnswer read = AgentAnswer.parse(answer.toString());
        assertThat(read.notUnderstood()).isEmpty();
        assertThat(read.percent()).isEqualTo(20);
        assertThat(read.maxConnections()).isEqualTo(7);
        assertThat(String.valueOf(read.admin())).isEqualToIgnoringCase(admin.name());
        assertThat(String.valueOf(read.state())).isEqualToIgnoringCase(state.name());
        assertThat(read.text()).isEqualTo(why);
        assertThat(Answer.parse(answer.toString())).isEqualTo(answer);
      }
    }
  }

  @Test
  void a_number_alone_is_a_percentage() {
    assertThat(Answer.parse(" 42 ")).isEqualTo(Answer.of(42));
    assertThat(Answer.parse("")).isEqualTo(Answer.NOTHING);
  }

  @Test
  void what_no_director_would_understand_is_refused() {
    assertThatThrownBy(() -> Answer.parse("50% slow"))
        .hasMessage(
            "answer 'slow' (expected: N%, maxconn:N, ready, drain, maint, up, down, fail or"
                + " stopped)");
    assertThatThrownBy(() -> Answer.of(-1)).hasMessage("answer of -1 % (expected: 0 to 1000)");
    assertThatThrownBy(() -> Answer.NOTHING.maxConnections(0))
        .hasMessage("answer of at most 0 connections (expected: 1 or more)");
    assertThatThrownBy(() -> Answer.NOTHING.down("a\nup"))
        .hasMessageContaining("(expected: at most 200 printable ASCII characters)");
    assertThatThrownBy(() -> Answer.parse("50% #busy"))
        .hasMessage("answer with the reason 'busy' (expected: beside down, fail or stopped)");
  }
}
