package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands about the kernel where it has no IPVS, or a host that is a directory. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KernelCommandsTest {
  private static final String FILE =
      """
      transport: ipvs
      services:
        - name: web
          address: tcp 10.0.0.100:80
          realServers: [10.9.0.1:80]
      """;

  private final Path directory;

  KernelCommandsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Path file() throws IOException {
    return Files.writeString(directory.resolve("jvs.yaml"), FILE);
  }

  private void host(String path, String text) throws IOException {
    Path file = directory.resolve("root").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private Shell.Result doctor(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "doctor";
    arguments[1] = "--root";
    arguments[2] = directory.resolve("root").toString();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Shell.jvs(arguments);
  }

  static boolean mayAsk() {
    return Files.exists(Path.of("/proc/net/ip_vs"));
  }

  @Test
  void the_doctor_tells_by_its_exit_status_how_it_is() throws IOException {
    host("proc/self/status", "CapEff:\t0000000000000000\n");
    host("proc/self/uid_map", "0 0 4294967295\n");
    assertThat(doctor().status()).isEqualTo(ExitStatus.NOT_PERMITTED);
    assertThat(doctor().out()).contains("error   rights: ").contains("        mend: run JVS as");
    host("proc/self/status", "CapEff:\t000001ffffffffff\n");
    host("proc/net/ip_vs", "");
    assertThat(doctor().status()).isZero();
    Shell.Result forFile = doctor(file().toString());
    assertThat(forFile.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(forFile.out())
        .contains("error   ip_forward: ", "error   virtual address 10.0.0.100");
  }

  @Test
  void findings_are_JSON_too() throws IOException {
    JsonNode findings =
        new ObjectMapper().readTree(doctor("--json", file().toString()).out()).get("findings");
    assertThat(findings).isNotEmpty();
    for (JsonNode finding : findings) {
      assertThat(finding.fieldNames())
          .toIterable()
          .containsExactly("level", "topic", "seen", "meaning", "remedy");
    }
  }

  @Test
  void a_file_that_gives_nothing_to_the_kernel_is_told_so() throws IOException {
    Path file = Files.writeString(directory.resolve("tcp.yaml"), FILE.replace("ipvs", "tcp"));
    assertThat(doctor(file.toString()).out()).startsWith(file + " gives no service to the kernel");
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "save"})
  @DisabledIf("mayAsk")
  void without_IPVS_there_is_one_message_and_exit_status_3(String command) {
    Shell.Result result = Shell.jvs("ipvs", command);
    assertThat(result.status()).isEqualTo(ExitStatus.NOT_PERMITTED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  @DisabledIf("mayAsk")
  void without_IPVS_neither_plan_nor_run_do_anything() throws IOException {
    Shell.Result plan = Shell.jvs("plan", file().toString());
    assertThat(plan.status()).isEqualTo(ExitStatus.NOT_PERMITTED);
    assertThat(plan.err().lines()).hasSize(1);
    Shell.Result run = Shell.jvs("run", file().toString());
    assertThat(run.status()).isEqualTo(ExitStatus.NOT_PERMITTED);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith(file().toString());
  }

  @Test
  void a_wrong_file_is_told_before_the_kernel_is_asked() throws IOException {
    Path wrong = Files.writeString(directory.resolve("rules"), "-A\n-L\n");
    Shell.Result result = Shell.jvs("ipvs", "restore", wrong.toString());
    assertThat(result.status()).isEqualTo(ExitStatus.WRONG);
    assertThat(result.err()).contains("line 1: -A: ", "line 2: -L: ");
    assertThat(Shell.jvs("ipvs", "restore", directory + "/none").status())
        .isEqualTo(ExitStatus.WRONG);
    assertThat(Shell.jvs("ipvs").status()).isEqualTo(ExitStatus.WRONG);
  }
}
