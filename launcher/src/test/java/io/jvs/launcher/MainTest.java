package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

class MainTest {
  private static List<String> commands() {
    return List.of(
        "demo",
        "run",
        "check",
        "status",
        "connections",
        "reload",
        "metrics",
        "agent",
        "plan",
        "doctor");
  }

  @Test
  void help_names_every_command_and_exit_status() {
    Shell.Result help = Shell.jvs("--help");

    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("Begin with 'jvs demo'")
        .contains(
            "Exit status: 0 fine, 1 failed, 2 wrong configuration or usage, 3 not permitted,");
    assertThat(commands())
        .allSatisfy(command -> assertThat(help.out()).containsPattern("\n +" + command + " +\\w"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_explains_itself(String command) {
    Shell.Result help = Shell.jvs(command, "--help");

    assertThat(help.status()).isZero();
    assertThat(help.out()).contains("Usage: jvs " + command).contains("Exit status: 0 ");
  }

  @Test
  void every_command_is_called_by_the_name_it_gives_itself() {
    assertThat(Main.commandLine().getSubcommands())
        .hasSize(18)
        .allSatisfy(
            (name, command) -> {
              Class<?> type = command.getCommandSpec().userObject().getClass();
              assertThat(type.getAnnotation(Command.class).name()).isEqualTo(name);
              assertThat(Main.commandLine(name).getSubcommands()).containsOnlyKeys(name);
            });
  }

  @Test
  void only_run_with_a_file_and_nothing_else_goes_without_the_command_line() {
    assertThat(Main.isPlainRun("run", "director.yaml")).isTrue();
    assertThat(Main.isPlainRun("run", "--help")).isFalse();
    assertThat(Main.isPlainRun("run", "@arguments")).isFalse();
    assertThat(Main.isPlainRun("run", "")).isFalse();
    assertThat(Main.isPlainRun("run", "a.yaml", "b.yaml")).isFalse();
    assertThat(Main.isPlainRun("check", "director.yaml")).isFalse();
    assertThat(Main.isPlainRun()).isFalse();
  }

  @Test
  void version_names_the_build_and_the_java() {
    assertThat(Shell.jvs("--version").out())
        .containsPattern("^jvs \\d+\\.\\d+\\.\\d+\\S*\nJava 1\\d|2\\d");
  }

  @Test
  void no_command_and_unknown_commands_are_wrong_usage() {
    assertThat(Shell.jvs().status()).isEqualTo(2);
    Shell.Result unknown = Shell.jvs("chek", "x.yaml");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("Did you mean: jvs check?");
    assertThat(Shell.jvs("demo", "--seconds", "1").status()).isEqualTo(2);
    assertThat(Shell.jvs("demo", "--port", "70000").err())
        .startsWith("--port 70000 (expected: 0 to 65535)");
  }

  @Test
  void wrong_options_of_the_agent_are_named_with_the_way_out() {
    assertThat(Shell.jvs("agent").err()).startsWith("Missing required option: '--port=PORT'");
    String[][] wrong = {
      {"--port", "0", "--port 0 (expected: 1 to 65535)"},
      {"--bind", "eth0", "--bind: "},
      {"--script", " ", "agent script ' ' (expected: a command)"},
      {"--interval", "2", "--interval '2' (expected: a number and a unit, such as 2s)"},
      {"--interval", "9ms", "agent interval of 9 ms (expected: 100 ms to 1 day)"},
      {"--smoothing", "x", "--smoothing 'x' (expected: a number and a unit, such as 2s)"},
      {"--percent-floor", "101", "agent percent floor 101 (expected: 0 to 100)"},
    };
    for (String[] each : wrong) {
      Shell.Result told =
          each[0].equals("--port")
              ? Shell.jvs("agent", each[0], each[1])
              : Shell.jvs("agent", "--port", "5555", each[0], each[1]);
      assertThat(told.err()).startsWith(each[2]);
      assertThat(told.status()).isEqualTo(2);
    }
  }

  @Test
  void check_lists_the_services_of_a_right_file() {
    Shell.Result check = Shell.jvs("check", "examples/web.yaml");

    assertThat(check.status()).isZero();
    assertThat(check.err()).isEmpty();
    assertThat(check.out())
        .isEqualTo(
            """
            examples/web.yaml: right
              web: tcp 127.0.0.1:8080, wlc, 3 real servers
            """);
  }

  @Test
  void check_warns_of_what_is_right_but_hardly_meant(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("dns.yaml");
    Files.writeString(
        file,
        "services: [{ address: udp 127.0.0.1:53, onePacket: true, realServers: [10.0.0.1:53,"
            + " 10.0.0.2:53] }]");

    Shell.Result check = Shell.jvs("check", file.toString());

    assertThat(check.status()).isZero();
    assertThat(check.out()).startsWith(file + ": right\n");
    assertThat(check.err())
        .startsWith("warning: " + file + ":1:12: services[0]: 'wlc' goes by open connections");
  }

  @Test
  void check_tells_all_problems_of_a_wrong_one_and_no_stack_trace() {
    Shell.Result check = Shell.jvs("check", "src/test/resources/wrong/health-numbers.yaml");

    assertThat(check.status()).isEqualTo(2);
    assertThat(check.out()).isEmpty();
    assertThat(check.err().lines())
        .hasSize(4)
        .allMatch(line -> line.startsWith("src/test/resources/wrong/health-numbers.yaml:8:"));
  }

  @Test
  void commands_about_a_director_take_its_file(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("web.yaml");
    Files.writeString(
        file,
        "control: own.sock\nservices: [{ address: tcp 127.0.0.1:80, realServers: [10.0.0.1:80] }]");
    String told = "no director answers at " + directory.resolve("own.sock");
    for (String command : List.of("status", "connections", "reload", "metrics")) {
      assertThat(Shell.jvs(command, file.toString()).err()).as(command).startsWith(told);
      assertThat(Shell.jvs(command, "--file", file.toString()).err()).startsWith(told);
    }
    assertThat(Shell.jvs("explain", "web", "10.0.0.1:80", "--file", file.toString()).err())
        .startsWith(told);
  }

  @Test
  void whatever_prints_for_programs_is_asked_for_it_in_one_way() {
    String[][] commands = {{"status"}, {"connections"}, {"explain"}, {"doctor"}, {"ipvs", "list"}};
    for (String[] command : commands) {
      String[] help = Arrays.copyOf(command, command.length + 1);
      help[command.length] = "--help";
      assertThat(Shell.jvs(help).out())
          .contains("-o, --output=table|json", "--json")
          .contains("the same as --output json");
    }
  }

  @Test
  void where_no_director_answers_is_said(@TempDir Path directory) {
    Path socket = directory.resolve("none.sock");
    Shell.Result status = Shell.jvs("status", "--control", socket.toString());

    assertThat(status.status()).isEqualTo(1);
    assertThat(status.err())
        .startsWith("no director answers at " + socket)
        .contains("(expected: one started by 'jvs run'; its log says where it answers)")
        .doesNotContain("\tat ");
    assertThat(Shell.jvs("status", "--control", "192.0.2.1:80").status()).isEqualTo(2);
  }

  @Test
  void the_process_waits_without_timers_unless_somebody_says_otherwise() {
    @Nullable String before = System.getProperty(Main.WAIT_THRESHOLD);
    try {
      System.clearProperty(Main.WAIT_THRESHOLD);
      Main.waitWithoutTimers();
      assertThat(System.getProperty(Main.WAIT_THRESHOLD)).isEqualTo("0");

      System.setProperty(Main.WAIT_THRESHOLD, "10");
      Main.waitWithoutTimers();
      assertThat(System.getProperty(Main.WAIT_THRESHOLD)).isEqualTo("10");
    } finally {
      if (before == null) {
        System.clearProperty(Main.WAIT_THRESHOLD);
      } else {
        System.setProperty(Main.WAIT_THRESHOLD, before);
      }
    }
  }
}
