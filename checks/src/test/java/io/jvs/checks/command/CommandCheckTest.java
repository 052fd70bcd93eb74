package io.jvs.checks.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.CheckTable;
import io.jvs.checks.command.CommandCheck.Arguments;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.model.AddressFamily;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real programs: those of every system, and a few lines of shell. */
class CommandCheckTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetSocketAddress SERVER = SocketAddresses.parse("127.0.0.1:8080");

  private final Path directory;

  CommandCheckTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterAll
  static void print() {
    TABLE.close();
  }

  private static CheckResult run(CommandCheck check, String against) throws Exception {
    return TABLE.run(check, against, SERVER);
  }

  @Test
  void the_exit_status_decides_and_the_first_line_tells() throws Exception {
    assertThat(run(CommandCheck.of("true"), "exit 0"))
        .isEqualTo(CheckResult.passed("exit status 0"));
    assertThat(run(CommandCheck.of("false"), "exit 1"))
        .isEqualTo(CheckResult.failed("exit status 1"));
    assertThat(run(CommandCheck.shell("echo all well; echo more"), "prints"))
        .isEqualTo(CheckResult.passed("all well"));
    assertThat(run(CommandCheck.shell("echo disk full >&2; exit 7"), "prints to standard error"))
        .isEqualTo(CheckResult.failed("exit status 7: disk full"));
  }

  @ParameterizedTest
  @CsvSource({"0, true, ", "1, false, ", "2, true, 0", "3, true, 1", "255, true, 253"})
  void dynamic_weights_are_keepaliveds(int status, boolean passed, Integer weight)
      throws Exception {
    CheckResult result =
        run(CommandCheck.shell("exit " + status).withDynamicWeight(), "dynamic, exit " + status);
    assertThat(result.passed()).isEqualTo(passed);
    assertThat(result.weight()).isEqualTo(weight);
  }

  @Test
  void a_program_that_a_signal_ends_fails() throws Exception {
    assertThat(run(CommandCheck.shell("kill -9 $$"), "killed").detail())
        .isEqualTo("exit status 137");
  }

  @Test
  void no_shell_sees_the_words() throws Exception {
    assertThat(run(CommandCheck.of("echo", "$HOME; *", "a b"), "words").detail())
        .isEqualTo("$HOME; * a b");
  }

  @Test
  void arguments_are_ldirectords() throws Exception {
    Path program = Files.writeString(directory.resolve("check"), "#!/bin/sh\necho \"$#:$*\"\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    CommandCheck check = CommandCheck.ldirectord(program.toString());
    VirtualService web = VirtualService.tcp("192.0.2.1", 80).name("web").build();
    assertThat(runFor(web, check)).isEqualTo("4:192.0.2.1 80 127.0.0.1 8080");
    VirtualService mark =
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4)).name("m").build();
    assertThat(runFor(mark, check)).isEqualTo("4:7  127.0.0.1 8080");
    CommandCheck shell =
        new CommandCheck(
            List.of("/bin/sh", "-c", "echo $4 $3", "sh"), Arguments.LDIRECTORD, false, Map.of());
    assertThat(runFor(web, shell)).isEqualTo("8080 127.0.0.1");
  }

  @Test
  void the_environment_tells_whom_it_is_about() throws Exception {
    VirtualService web = VirtualService.tcp("192.0.2.1", 80).name("web").build();
    CommandCheck check =
        new CommandCheck(
            List.of(
                "/bin/sh",
                "-c",
                "echo $JVS_SERVICE,$JVS_PROTOCOL,$JVS_VIP,$JVS_VPORT,$JVS_SERVER,$JVS_ADDRESS,"
                    + "$JVS_PORT,$JVS_BIND,$JVS_WEIGHT,$JVS_TIMEOUT_MS,$MINE"),
            Arguments.NONE,
            false,
            Map.of("MINE", "too"));
    assertThat(runFor(web, check))
        .isEqualTo("web,tcp,192.0.2.1,80,127.0.0.1:8080,127.0.0.1,8080,,1,20000,too");
  }

  private static String runFor(VirtualService service, CommandCheck check) throws Exception {
    try (CheckRunner runner = new CheckRunner()) {
      return runner
          .run(service, RealServer.of(SERVER), declared(check, CheckTable.PATIENCE))
          .get(60, TimeUnit.SECONDS)
          .detail();
    }
  }

  private static CheckDeclaration declared(CommandCheck check, Duration timeout) {
    return new CheckDeclaration(
        check,
        CheckTarget.SERVER,
        CheckTiming.DEFAULT.every(Duration.ofMinutes(1)).timeout(timeout));
  }

  @Test
  void a_missing_program_and_one_that_may_not_run_are_told() throws Exception {
    assertThat(run(CommandCheck.of("/no/such/program"), "missing").detail())
        .contains("/no/such/program")
        .contains("No such file or directory");
    Path file = Files.writeString(directory.resolve("text"), "words\n");
    assertThat(run(CommandCheck.of(file.toString()), "not executable").detail())
        .contains("Permission denied");
  }

  @Test
  void at_the_end_of_its_time_it_is_killed_with_its_children() throws Exception {
    Path pids = directory.resolve("pids");
    CommandCheck check =
        CommandCheck.shell("sleep 1000 & echo $! > " + pids + "; echo $$ >> " + pids + "; wait");
    assertThat(TABLE.run(check, "hangs", SERVER, Duration.ofSeconds(2)))
        .isEqualTo(CheckResult.failed("timed out after 2s waiting for /bin/sh"));
    List<String> started = Files.readAllLines(pids);
    assertThat(started).hasSize(2);
    for (String pid : started) {
      awaitEnd(Long.parseLong(pid));
    }
  }

  private static void awaitEnd(long pid) {
    long deadline = System.nanoTime() + CheckTable.PATIENCE.toNanos();
    while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
      assertThat(System.nanoTime()).as("process %d lives on", pid).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void endless_output_is_bounded_and_does_not_keep_it_from_ending() throws Exception {
    assertThat(run(CommandCheck.shell("head -c 300000 /dev/zero | tr '\\0' y"), "long line"))
        .isEqualTo(CheckResult.passed("y".repeat(200) + "…"));
    assertThat(TABLE.run(CommandCheck.of("yes"), "endless", SERVER, CheckTable.SHORT))
        .isEqualTo(CheckResult.failed("timed out after 300ms waiting for yes"));
    assertThat(run(CommandCheck.shell("printf '\\033[31mred\\007'"), "control characters").detail())
        .isEqualTo("?[31mred?");
  }

  @Test
  void a_child_that_keeps_the_output_open_delays_nothing() throws Exception {
    assertThat(run(CommandCheck.shell("sleep 5 & echo done"), "leaves a child").detail())
        .isEqualTo("done");
  }

  @Test
  void many_leave_no_descriptor_behind() throws Exception {
    try (CheckRunner runner = new CheckRunner()) {
      assertThat(all(runner, 20)).isEqualTo(20); // what is loaded once is loaded now
      long before = descriptors();
      assertThat(all(runner, 100)).isEqualTo(100);
      long deadline = System.nanoTime() + CheckTable.PATIENCE.toNanos();
      while (descriptors() > before) {
        assertThat(System.nanoTime()).as("%d descriptors", descriptors()).isLessThan(deadline);
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static int all(CheckRunner runner, int count) throws Exception {
    List<CompletableFuture<CheckResult>> tries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tries.add(
          runner.run(
              VirtualService.inProcess("web").build(),
              RealServer.of(SERVER),
              declared(CommandCheck.of("true"), Duration.ofSeconds(50))));
    }
    int passed = 0;
    for (CompletableFuture<CheckResult> each : tries) {
      passed += each.get(60, TimeUnit.SECONDS).passed() ? 1 : 0;
    }
    return passed;
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void wrong_commands_are_refused() {
    assertThatThrownBy(CommandCheck::of).hasMessage("external check without a program");
    assertThatThrownBy(() -> CommandCheck.of("a", "b\0c"))
        .hasMessage(
            "external check argument with a NUL character (expected: none; no system takes it)");
    assertThatThrownBy(
            () -> new CommandCheck(List.of("a"), Arguments.NONE, false, Map.of("A=B", "")))
        .hasMessage("external check environment 'A=B' (expected: a name without =)");
  }
}
