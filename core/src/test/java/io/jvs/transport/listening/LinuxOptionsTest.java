package io.jvs.transport.listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The transports' tests ask the kernel what it has taken; here it is which calls there are. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class LinuxOptionsTest {
  private final List<String> calls = new ArrayList<>();

  private LinuxOptions options(boolean ipv6) {
    return new LinuxOptions(
        (level, option, value) -> calls.add(level + " " + option + " " + value),
        (level, option, value) ->
            calls.add(level + " " + option + " " + StandardCharsets.UTF_8.decode(value)),
        ipv6);
  }

  @Test
  void each_family_has_its_own() throws Exception {
    options(false).transparent("listening.transparent", true);
    options(true).transparent("listening.transparent", false);
    assertThat(calls).containsExactly("0 19 1", "41 75 0");
  }

  @Test
  void only_ipv6_can_be_dual() throws Exception {
    options(false).dual(false);
    options(true).dual(false);
    options(true).dual(true);
    assertThat(calls).containsExactly("41 26 1", "41 26 0");
  }

  @Test
  void a_device_is_its_name_and_a_zero() throws Exception {
    options(false).device("eth0");
    options(true).device(null);
    assertThat(calls).containsExactly("1 25 eth0\0", "1 25 \0");
  }

  @Test
  void a_refusal_names_the_option_and_the_way_out_whatever_the_library_throws() {
    for (Exception refusal :
        List.of(
            new IOException("setsockopt() failed: No such device"),
            new IllegalStateException(new IOException("setsockopt() failed: No such device")))) {
      LinuxOptions refused =
          new LinuxOptions(
              (level, option, value) -> {},
              (level, option, value) -> {
                if (refusal instanceof IOException checked) {
                  throw checked;
                }
                throw (RuntimeException) refusal;
              },
              false);
      assertThatThrownBy(() -> refused.device("eth9"))
          .isInstanceOf(OptionRefused.class)
          .hasCause(refusal)
          .hasMessage(
              "listening.device eth9: no such device (way out: a device of 'ip link', in the"
                  + " network namespace of this process)");
    }
  }
}
