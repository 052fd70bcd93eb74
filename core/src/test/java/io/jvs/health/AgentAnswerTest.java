package io.jvs.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.health.AgentAnswer.Admin;
import io.jvs.health.AgentAnswer.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** What haproxy really does with such answers is compared in the module agent. */
class AgentAnswerTest {
  private static AgentAnswer parse(String line) {
    return AgentAnswer.parse(line);
  }

  @Test
  void a_percentage_is_of_the_configured_weight() {
    assertThat(parse("75%").percent()).isEqualTo(75);
    assertThat(parse("0%").percent()).isZero();
    assertThat(parse("250%").percent()).isEqualTo(250);
    assertThat(parse("99999999999999999999%").percent()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void an_answer_names_nothing_but_what_is_in_it() {
    assertThat(parse("75%")).isEqualTo(new AgentAnswer(75, null, null, null, "", List.of()));
    assertThat(parse("maxconn:30")).isEqualTo(new AgentAnswer(null, 30, null, null, "", List.of()));
    assertThat(parse("drain"))
        .isEqualTo(new AgentAnswer(null, null, Admin.DRAIN, null, "", List.of()));
    assertThat(parse("stopped"))
        .isEqualTo(new AgentAnswer(null, null, null, State.STOPPED, "", List.of()));
    assertThat(parse("")).isEqualTo(new AgentAnswer(null, null, null, null, "", List.of()));
  }

  @Test
  void blanks_tabs_and_commas_separate_words() {
    assertThat(parse(" \t,up,,ready\t80%,maxconn:9 "))
        .isEqualTo(new AgentAnswer(80, 9, Admin.READY, State.UP, "", List.of()));
  }

  @Test
  void of_two_words_of_a_kind_the_last_one_counts() {
    assertThat(parse("drain up 10% maint down 20%"))
        .isEqualTo(new AgentAnswer(20, null, Admin.MAINT, State.DOWN, "", List.of()));
  }

  @Test
  void words_may_be_in_upper_case() {
    assertThat(parse("UP Ready MaxConn:5").state()).isEqualTo(State.UP);
    assertThat(parse("UP Ready MaxConn:5").maxConnections()).isEqualTo(5);
  }

  @Test
  void a_sharp_begins_a_text_to_the_end_of_the_line() {
    AgentAnswer answer = parse("fail # disk full, 0% left");
    assertThat(answer.state()).isEqualTo(State.FAIL);
    assertThat(answer.text()).isEqualTo("disk full, 0% left");
    assertThat(answer.percent()).isNull();
  }

  @Test
  void a_sharp_within_a_word_belongs_to_the_word_as_haproxy_sees_it() {
    AgentAnswer answer = parse("down#disk full");
    assertThat(answer.state()).isNull();
    assertThat(answer.notUnderstood()).containsExactly("down#disk", "full");
  }

  @Test
  void unknown_words_are_told_and_hinder_nothing() {
    AgentAnswer answer = parse("hello 50% 7 -3% maxconn:-1 % ups");
    assertThat(answer.percent()).isEqualTo(50);
    assertThat(answer.maxConnections()).isNull();
    assertThat(answer.notUnderstood())
        .containsExactly("hello", "7", "-3%", "%", "ups", "maxconn:-1");
  }

  @Test
  void the_last_of_a_kind_counts_also_if_it_is_wrong() {
    AgentAnswer answer = parse("50% 5%5 maxconn:7 maxconn:");
    assertThat(answer)
        .isEqualTo(new AgentAnswer(null, null, null, null, "", List.of("5%5", "maxconn:")));
    assertThat(parse("5%5 50%")).isEqualTo(parse("50%"));
  }

  @Test
  void the_first_cr_or_lf_ends_the_answer() {
    assertThat(AgentAnswer.line("50%\r\ndown\n")).contains("50%");
    assertThat(AgentAnswer.line("50%\ndown\n")).contains("50%");
    assertThat(AgentAnswer.line("\n")).contains("");
  }

  @Test
  void an_answer_without_its_end_is_none() {
    assertThat(AgentAnswer.line("50%")).isEmpty();
    assertThat(AgentAnswer.line("")).isEmpty();
    assertThat(AgentAnswer.line("50%\0\n")).isEmpty();
  }

  @Property
  void any_text_is_read_and_reads_the_same_once_it_is_written_again(
      @ForAll
          @StringLength(max = 60)
          @CharRange(from = ' ', to = '~')
          @Chars({'\t', ',', '%', '#', ':', 'u', 'p', '5'})
          String line) {
    AgentAnswer answer = parse(line);
    assertThat(parse(answer.toString())).isEqualTo(answer);
  }

  @Property
  void any_bytes_are_read_without_an_exception(@ForAll @StringLength(max = 200) String received) {
    AgentAnswer.line(received)
        .ifPresent(
            line -> {
              assertThat(line).doesNotContain("\r", "\n");
              assertThat(parse(line).toString()).isNotNull();
            });
  }

  @Property
  void the_order_of_words_does_not_matter(
      @ForAll @IntRange(max = 1000) int percent,
      @ForAll @IntRange(max = 1000) int most,
      @ForAll Admin admin,
      @ForAll State state,
      @ForAll long seed) {
    List<String> words =
        new ArrayList<>(
            List.of(percent + "%", "maxconn:" + most, admin.toString(), state.toString()));
    Collections.shuffle(words, new Random(seed));
    assertThat(parse(String.join(" ", words)))
        .isEqualTo(new AgentAnswer(percent, most, admin, state, "", List.of()));
  }
}
