package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.kernel.ipvs.IpvsListing.Columns;
import io.jvs.lab.InLab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What we write and print beside what the real ipvsadm(8) reads and prints. */
@InLab
@DisplayNameGeneration(ReplaceUnderscores.class)
class SaveFormatLabTest {
  private final Path directory;

  SaveFormatLabTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void an_empty_table_and_an_interface() throws Exception {
    empty();
    shell("ip link set lo up; ip link add eth0 type dummy; ip link set eth0 up");
    shell("ip address add 10.99.0.1/24 dev eth0; ipvsadm --set 900 120 300");
  }

  @AfterEach
  void nothing_is_left() throws Exception {
    empty();
    shell("ip link del eth0");
  }

  private void empty() throws Exception {
    shell("ipvsadm -C; ipvsadm --stop-daemon master; ipvsadm --stop-daemon backup; true");
  }

  /** Standard output of a shell; its errors are of no interest where others fail too. */
  private String shell(String command) throws Exception {
    Path errors = directory.resolve("errors");
    Process process =
        new ProcessBuilder("sh", "-c", command).redirectError(errors.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  /** Feeds {@code ipvsadm -R}, and gives back what it complains of. */
  private String restoreByIpvsadm(String text) throws Exception {
    Path file = directory.resolve("rules");
    Files.writeString(file, text);
    return shell("ipvsadm -R < " + file + " 2>&1; echo $?");
  }

  private static SavedTable saved() throws IOException {
    try (IpvsTable table = IpvsTable.open()) {
      return SavedTable.read(table);
    }
  }

  private static void execute(List<? extends IpvsCommand> commands) throws IOException {
    try (IpvsTable table = IpvsTable.open()) {
      assertThat(table.execute(commands)).allMatch(answer -> answer == null);
    }
  }

  private static void restore(SavedTable wanted) throws IOException {
    execute(wanted.changes(saved()).stream().map(Step::command).toList());
  }

  @Test
  void ipvsadm_reads_all_that_we_save_and_we_read_all_that_it_saves() throws Exception {
    assertThat(restoreByIpvsadm(Recorded.text("kinds.rules"))).isEqualTo("0\n");
    SavedTable table = saved();
    String saved = SaveFormat.write(table);
    String byIpvsadm = shell("ipvsadm -S -n");
    assertThat(SaveFormat.writeAsIpvsadm(table)).isEqualTo(byIpvsadm);
    assertThat(SaveFormat.writeAsIpvsadm(SaveFormat.table(SaveFormat.read(byIpvsadm))))
        .isEqualTo(byIpvsadm);
    an_empty_table_and_an_interface();
    assertThat(restoreByIpvsadm(saved)).isEqualTo("0\n");
    assertThat(saved()).isEqualTo(table);
  }

  @Test
  void a_listing_is_what_ipvsadm_prints_at_the_same_time() throws Exception {
    restoreByIpvsadm(Recorded.text("kinds.rules"));
    restoreByIpvsadm(
        """
            -A -f 4294967295 -s sh -b sh-port,flag-3
            -A -t 200.0.0.1:80
            -A -t 100.0.0.1:80
            -A -t 10.0.0.3:80
            -A -t 150.0.0.1:80
            -a -t 10.0.0.3:80 -r 10.0.0.1 -m
            -a -t 10.0.0.3:80 -r 200.0.0.1 -m
            -a -t 10.0.0.3:80 -r 100.0.0.1 -m
            -a -t 10.0.0.3:80 -r 150.0.0.1 -m
            """);
    try (IpvsTable table = IpvsTable.open()) {
      IpvsSnapshot snapshot = table.snapshot();
      for (Columns columns : Columns.values()) {
        String option =
            switch (columns) {
              case CONNECTIONS -> "";
              case PERSISTENT -> "--persistent-conn";
              case TUNNEL -> "--tun-info";
              default -> "--" + columns.name().toLowerCase(Locale.ROOT);
            };
        assertThat(IpvsListing.of(table.info(), snapshot, columns, false, true))
            .isEqualTo(shell("ipvsadm -L -n " + option));
        assertThat(IpvsListing.of(table.info(), snapshot, columns, true, false))
            .isEqualTo(shell("ipvsadm -L -n --exact --nosort " + option));
      }
      assertThat(IpvsListing.of(table.timeouts())).isEqualTo(shell("ipvsadm -L --timeout"));
      assertThat(IpvsListing.of(table.daemons())).isEqualTo(shell("ipvsadm -L --daemon"));
    }
  }

  @Test
  void an_order_that_ipvsadm_would_lose_comes_back() throws Exception {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>(List.of("-A -t 10.0.0.1:80 -s rr"));
    for (int i = 0; i < 20; i++) {
      int ip = i * 12 + random.nextInt(12);
      lines.add(1, "-a -t 10.0.0.1:80 -r 10.9.0." + ip + ":80 -m -w 1 -x " + (i + 1));
    }
    restoreByIpvsadm(String.join("\n", lines) + "\n");
    SavedTable before = saved();
    String text = SaveFormat.write(before);
    an_empty_table_and_an_interface();
    restore(SaveFormat.table(SaveFormat.read(text)));
    assertThat(saved()).isEqualTo(before);
    assertThat(before.changes(saved())).isEmpty();
  }

  @Test
  void restoring_changes_only_what_differs() throws Exception {
    restoreByIpvsadm(
        """
            -A -t 10.0.0.1:80 -s rr
            -a -t 10.0.0.1:80 -r 10.9.0.1 -m
            -a -t 10.0.0.1:80 -r 10.9.0.2 -m
            -A -u 10.0.0.1:53 -s rr
            """);
    SavedTable wanted =
        SaveFormat.table(
            SaveFormat.read(
                """
            --set 700 0 0
            -A -t 10.0.0.1:80 -s wrr
            -a -t 10.0.0.1:80 -r 10.9.0.1 -m
            -a -t 10.0.0.1:80 -r 10.9.0.3 -m -w 2
            """));
    assertThat(wanted.changes(saved()))
        .extracting(step -> CommandText.of(step.command()))
        .containsExactly(
            "--set 700 0 0",
            "-E -t 10.0.0.1:80 -s wrr",
            "-a -t 10.0.0.1:80 -r 10.9.0.3:80 -m -w 2",
            "-d -t 10.0.0.1:80 -r 10.9.0.2:80",
            "-D -u 10.0.0.1:53");
    restore(wanted);
    assertThat(wanted.changes(saved())).isEmpty();
    assertThat(saved().timeouts()).isEqualTo(new IpvsTimeouts(700, 120, 300));
  }
}
