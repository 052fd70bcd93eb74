package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.kernel.ipvs.IpvsTable;
import io.jvs.kernel.ipvs.SaveFormat;
import io.jvs.kernel.ipvs.SavedTable;
import io.jvs.lab.InLab;
import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.running.DirectorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and the director with the kernel's own table. */
@InLab
@DisplayNameGeneration(ReplaceUnderscores.class)
class KernelCommandsLabTest {
  private static final String WEB =
      """
      drain: 1s
      transport: { ipvs: { onExit: ON_EXIT } }
      services:
        - name: web
          address: tcp 10.0.0.100:80
          scheduler: wrr
          persistence: 5m
          realServers:
            - { address: "10.9.0.1:8080", weight: 3, limits: { upper: 100, lower: 80 } }
            - 10.9.0.2:8080
        - name: mark
          address: fwmark 7 IPv4
          forwarding: DR
          realServers: ["10.9.0.3:0"]
      """;

  private static final String TABLE =
      """
      -A -t 10.0.0.100:80 -s wrr -p 300
      -a -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 3
      -a -t 10.0.0.100:80 -r 10.9.0.2:8080 -m -w 1
      -A -f 7 -s wlc
      -a -f 7 -r 10.9.0.3:0 -g -w 1
      """;

  private final Path directory;

  KernelCommandsLabTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void empty_the_table() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "-C\n");
    assertThat(Shell.jvs("ipvs", "restore", empty.toString()).status()).isZero();
  }

  private Path file(String onExit) throws IOException {
    return Files.writeString(directory.resolve("jvs.yaml"), WEB.replace("ON_EXIT", onExit));
  }

  private static String table() throws IOException {
    try (IpvsTable table = IpvsTable.open()) {
      return SaveFormat.writeAsIpvsadm(SavedTable.read(table));
    }
  }

  private static DirectorProcess run(Path file) {
    Configuration configuration = Configurations.readOrFail(file);
    DirectorProcess process =
        new DirectorProcess(file, () -> Configurations.read(file), configuration);
    process.start();
    return process;
  }

  @Test
  void a_plan_is_what_a_director_then_does() throws Exception {
    Path file = file("remove");
    Shell.Result before = Shell.jvs("plan", file.toString());
    assertThat(before.err()).isEmpty();
    assertThat(before.out().lines())
        .contains(
            "+ -A -t 10.0.0.100:80 -s wrr -p 300",
            "+ -a -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 3 -x 100 -y 80",
            "+ -a -f 7 -r 10.9.0.3:0 -g -w 1")
        .hasSize(5);
    assertThat(before.status()).isEqualTo(ExitStatus.CHANGES);
    assertThat(table()).as("nothing is changed").isEmpty();

    DirectorProcess process = run(file);
    assertThat(table()).isEqualTo(TABLE);
    Shell.Result after = Shell.jvs("plan", file.toString());
    assertThat(after.out()).startsWith("nothing to change: ");
    assertThat(after.status()).isZero();

    Files.writeString(file, Files.readString(file).replace("weight: 3", "weight: 5"));
    Shell.Result edited = Shell.jvs("plan", file.toString());
    assertThat(edited.out().lines())
        .singleElement()
        .asString()
        .startsWith("~ -e -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 5")
        .endsWith("(weight 3 -> 5)");
    assertThat(process.reload().applied()).isTrue();
    assertThat(table()).isEqualTo(TABLE.replace("-w 3", "-w 5"));
    process.drain();
    assertThat(table()).as("removed on exit").isEmpty();
  }

  @Test
  void the_table_stays_if_the_file_says_so() throws Exception {
    run(file("leave")).drain();
    assertThat(table()).isEqualTo(TABLE);
    run(file("quiesce")).drain();
    assertThat(table()).isEqualTo(TABLE.replaceAll("-w \\d", "-w 0"));
  }

  @Test
  void what_is_saved_is_restored() throws Exception {
    run(file("leave")).drain();
    Path saved = directory.resolve("saved");
    assertThat(Shell.jvs("ipvs", "save", saved.toString()).status()).isZero();
    assertThat(Files.readString(saved))
        .isEqualTo(Shell.jvs("ipvs", "save").out())
        .contains("-x 100 -y 80");
    assertThat(Shell.jvs("ipvs", "save", "--ipvsadm").out()).isEqualTo(TABLE);
    empty_the_table();
    Shell.Result dry = Shell.jvs("ipvs", "restore", "--dry-run", saved.toString());
    assertThat(dry.out().lines()).hasSize(5);
    assertThat(table()).isEmpty();
    assertThat(Shell.jvs("ipvs", "restore", saved.toString()).out()).startsWith("5 changes");
    assertThat(Shell.jvs("ipvs", "save").out()).isEqualTo(Files.readString(saved));
    assertThat(Shell.jvs("ipvs", "restore", saved.toString()).out())
        .isEqualTo("the table is so already\n");

    Path wrong = Files.writeString(directory.resolve("wrong"), "-C\n-A -t 10.0.0.1:80 -w 3\n");
    Shell.Result refused = Shell.jvs("ipvs", "restore", wrong.toString());
    assertThat(refused.status()).isEqualTo(ExitStatus.WRONG);
    assertThat(refused.err()).contains("nothing changed", "line 2: ");
    assertThat(table()).isEqualTo(TABLE);

    Path alien =
        Files.writeString(directory.resolve("alien"), "-A -t 10.0.0.1:80 -s nosuch\n-A -f 9\n");
    Shell.Result partly = Shell.jvs("ipvs", "restore", alien.toString());
    assertThat(partly.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(partly.err()).contains("refused by the kernel", "-A -t 10.0.0.1:80 -s nosuch: ");
  }

  @Test
  void listings_and_json_tell_the_same() throws Exception {
    run(file("leave")).drain();
    assertThat(Shell.jvs("ipvs", "list", "--thresholds", "--timeout").out())
        .contains("  -> 10.9.0.1:8080                100        80         0          0")
        .endsWith("Timeout (tcp tcpfin udp): 900 120 300\n");
    assertThat(Shell.jvs("ipvs", "list", "--stats", "--rate").out())
        .contains("Conns   InPkts", "CPS    InPPS");
    assertThat(Shell.jvs("ipvs", "list", "--json").out())
        .contains("\"upper\" : 100", "\"mark\" : 7", "\"scheduler\" : \"wrr\"");
  }
}
