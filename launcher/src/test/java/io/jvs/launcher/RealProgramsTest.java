package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that people have, through {@code jvs run}: none of them may notice it. */
@Timeout(180)
class RealProgramsTest {
  private final Path directory;
  private final int port;

  RealProgramsTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.port = Nginx.freePort();
  }

  @Test
  void wrk_gets_every_page_of_nginx_with_kept_connections_and_with_new_ones() throws Exception {
    Programs.require("nginx", "wrk");
    Nginx server = new Nginx(Files.createDirectory(directory.resolve("nginx")), 1);
    try (JvsProcess jvs = run(server.port())) {
      for (String connection : List.of("keep-alive", "close")) {
        String report =
            Programs.output(
                "wrk",
                "-t1",
                "-c32",
                "-d3s",
                "-H",
                "Connection: " + connection,
                "http://127.0.0.1:" + port + "/");
        assertThat(report).doesNotContain("Socket errors").doesNotContain("Non-2xx");
        System.out.println(
            "wrk, " + connection + ": " + Programs.figure(report, "Requests/sec: +(\\S+)"));
      }
      assertUnharmed(jvs);
    } finally {
      server.signal("stop");
    }
  }

  @Test
  void iperf3_measures_in_both_directions_and_with_parallel_streams() throws Exception {
    Programs.require("iperf3");
    int serverPort = Nginx.freePort();
    Process server =
        new ProcessBuilder(
                "iperf3", "-s", "-B", "127.0.0.1", "-p", Integer.toString(serverPort), "-V")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("iperf3.log").toFile())
            .start();
    try (JvsProcess jvs = run(serverPort)) {
      for (List<String> options :
          List.of(List.<String>of(), List.of("-R"), List.of("-P", "8"), List.of("-P", "8", "-R"))) {
        List<String> command =
            new ArrayList<>(List.of("iperf3", "-c", "127.0.0.1", "-t", "2", "-f", "g", "-p"));
        command.add(Integer.toString(port));
        command.addAll(options);
        String report = Programs.output(command.toArray(String[]::new));
        String received =
            Programs.figure(report, "(\\S+) Gbits/sec[^\\n]*receiver\\s*(?:\\n\\s*)*iperf Done");
        System.out.println("iperf3 " + String.join(" ", options) + ": " + received + " Gbit/s");
        assertThat(Double.parseDouble(received)).as(report).isPositive();
      }
      assertUnharmed(jvs);
    } finally {
      server.destroy();
    }
  }

  @Test
  void pgbench_fails_no_transaction_while_the_director_reloads() throws Exception {
    PostgreSql.require();
    try (PostgreSql server = new PostgreSql();
        JvsProcess jvs = run(server.port())) {
      String to = Integer.toString(port);
      Programs.output(
          server.command("pgbench", "-q", "-i", "-s", "1", "-h", "127.0.0.1", "-p", to));
      for (String[] options : new String[][] {{"-c", "8", "-j", "2"}, {"-c", "4", "-C"}}) {
        List<String> command =
            new ArrayList<>(List.of("-n", "-T", "4", "-h", "127.0.0.1", "-p", to));
        command.addAll(List.of(options));
        Process pgbench =
            new ProcessBuilder(server.command("pgbench", command.toArray(String[]::new)))
                .redirectErrorStream(true)
                .start();
        int reloads = count(jvs, "reloaded");
        write(server.port(), 2 + reloads);
        jvs.signal("HUP");
        jvs.awaitLine("reloaded", reloads);
        String report = Programs.finished(pgbench);
        assertThat(report).contains("number of failed transactions: 0 (0.000%)");
        System.out.println(
            "pgbench "
                + String.join(" ", options)
                + ": "
                + Programs.figure(report, "tps = (\\S+)"));
      }
      assertUnharmed(jvs);
    }
  }

  private JvsProcess run(int serverPort) throws Exception {
    write(serverPort, 1);
    JvsProcess jvs = new JvsProcess(directory, "run", directory.resolve("one.yaml").toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  private void write(int serverPort, int weight) throws IOException {
    Files.writeString(
        directory.resolve("one.yaml"),
        """
        services:
          - name: one
            address: tcp 127.0.0.1:%d
            realServers:
              - { address: "127.0.0.1:%d", weight: %d }
        """
            .formatted(port, serverPort, weight));
  }

  /** It has nothing to complain of, and ends when it is told to: nobody is connected any more. */
  private static void assertUnharmed(JvsProcess jvs) throws Exception {
    assertThat(jvs.lines()).noneMatch(line -> line.contains(" ERROR "));
    jvs.signal("TERM");
    assertThat(jvs.awaitExit()).isZero();
  }

  private static int count(JvsProcess jvs, String part) {
    return (int) jvs.lines().stream().filter(line -> line.contains(part)).count();
  }
}
