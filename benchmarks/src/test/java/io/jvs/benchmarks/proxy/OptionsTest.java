package io.jvs.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void a_full_run_has_at_least_five_rounds_and_can_have_other_numbers() {
    assertThat(parse("--full").rounds()).isGreaterThanOrEqualTo(5);
    assertThat(parse("--rounds", "11", "--full").rounds()).isEqualTo(11);
  }

  @Test
  void engines_are_a_list() {
    assertThat(parse().engines()).containsExactly("auto");
    assertThat(parse("--engine", "epoll,nio").engines()).containsExactly("epoll", "nio");
  }

  @Test
  void what_is_wrong_is_named() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--rounds", "0"))
        .withMessage("--rounds 0 (expected: a number from 1.0 to 1000.0)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--seconds", "long"))
        .withMessageStartingWith("--seconds long (expected: ");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--quick"))
        .withMessageStartingWith("--quick: unknown, or its value is missing\nusage: ");
  }

  @Test
  void everything_is_measured_unless_some_is_named() {
    assertThat(parse().wants("p50")).isTrue();
    assertThat(parse("--only", "p50,loss").wants("p50")).isTrue();
    assertThat(parse("--only", "p50,loss").wants("trains")).isFalse();
    assertThat(parse("--only", "p50").wanted(UdpWork.values())).containsExactly(UdpWork.RATE);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parse("--only", "p50,speed"))
        .withMessage("--only speed (expected: some of p50,loss)");
  }

  @Test
  void each_set_of_options_for_the_jvm_is_one_more_beside_the_plain_one() {
    Options options =
        parse(
            "--engine", "epoll,nio", "--java-options", "-Xmx1g -Xss1m", "--java-options", "-Xint");
    assertThat(Jvs.all(options, List.of("jvs"), Carried.UDP, "", (front, servers) -> List.of()))
        .extracting(Proxy::name)
        .containsExactly(
            "JVS epoll",
            "JVS epoll -Xmx1g -Xss1m",
            "JVS epoll -Xint",
            "JVS nio",
            "JVS nio -Xmx1g -Xss1m",
            "JVS nio -Xint");
  }

  private static Options parse(String... arguments) {
    return Options.parse(List.of(arguments), List.of("p50", "loss"));
  }
}
