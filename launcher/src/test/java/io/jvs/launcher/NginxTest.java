package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three real nginx behind {@code jvs run}, real clients before it: curl and wrk. */
@Timeout(180)
class NginxTest {
  private static final int WRK_CONNECTIONS = 32;

  private final Path directory;
  private final Path file;
  private final int port;
  private final List<Nginx> servers = new ArrayList<>();

  NginxTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    this.port = Nginx.freePort();
  }

  @BeforeEach
  void start() throws Exception {
    for (String program : List.of("nginx", "wrk", "curl")) {
      assumeTrue(Nginx.isInstalled(program), program + " is not installed");
    }
    for (int i = 1; i <= 3; i++) {
      servers.add(new Nginx(Files.createDirectory(directory.resolve("nginx" + i)), i));
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Nginx server : servers) {
      server.signal("stop");
    }
  }

  @Test
  void ten_thousand_new_connections_and_none_fails() throws Exception {
    write(1);
    try (JvsProcess jvs = run()) {
      String answers =
          output("curl", "-s", "-H", "Connection: close", url() + "[1-10000]", "--max-time", "120");
      Map<String, Integer> byServer = new TreeMap<>();
      answers.lines().forEach(server -> byServer.merge(server, 1, Integer::sum));
      assertThat(byServer.keySet()).isSubsetOf("server 1", "server 2", "server 3");
      assertThat(byServer.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(10_000);
      jvs.signal("TERM");
      assertThat(jvs.awaitExit()).isZero();
    }
  }

  @Test
  void under_load_a_changed_weight_resets_nothing() throws Exception {
    write(1);
    try (JvsProcess jvs = run()) {
      Process wrk = wrk(6);
      output("curl", "-s", "-o", "/dev/null", url()); // the load has begun to flow
      write(3);
      jvs.signal("HUP");
      jvs.awaitLine("reloaded");
      String report = finished(wrk);
      assertThat(report).doesNotContain("Socket errors").doesNotContain("Non-2xx");
      assertThat(number(report, "(\\d+) requests in")).isGreaterThan(1000);
    }
  }

  @Test
  void under_load_a_server_that_stops_fails_no_new_connection() throws Exception {
    write(1);
    try (JvsProcess jvs = run()) {
      Process wrk = wrk(8);
      output("curl", "-s", "-o", "/dev/null", url());
      servers.get(1).signal("quit");
      for (int i = 0; i < 100; i++) {
        assertThat(output("curl", "-s", "--max-time", "10", url())).startsWith("server ");
      }
      jvs.awaitLine("2 of 3 servers left");
      String report = finished(wrk);
      assertThat(report).doesNotContain("Non-2xx");
      if (report.contains("Socket errors")) {
        assertThat(number(report, "connect (\\d+)")).isZero();
        assertThat(number(report, "timeout (\\d+)")).isZero();
        // nginx may close a kept connection while a request is on its way: once for each of them.
        assertThat(number(report, "read (\\d+)")).isLessThanOrEqualTo(WRK_CONNECTIONS);
      }
    }
  }

  private String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  private JvsProcess run() throws Exception {
    JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  private void write(int weightOfFirst) throws IOException {
    StringBuilder text =
        new StringBuilder(
            """
            services:
              - name: web
                address: tcp 127.0.0.1:%d
                scheduler: wlc
                health: { check: tcp-connect, interval: 500ms, timeout: 500ms }
                realServers:
            """
                .formatted(port));
    int weight = weightOfFirst;
    for (Nginx server : servers) {
      text.append(
          "      - { address: \"127.0.0.1:%d\", weight: %d }\n".formatted(server.port(), weight));
      weight = 1;
    }
    Files.writeString(file, text);
  }

  private Process wrk(int seconds) throws IOException {
    return new ProcessBuilder(
            "wrk", "-t1", "-c" + WRK_CONNECTIONS, "-d" + seconds + "s", "--timeout", "5s", url())
        .redirectErrorStream(true)
        .start();
  }

  private static String finished(Process process) throws Exception {
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(report).isZero();
    return report;
  }

  private static String output(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Arrays.toString(command)).isZero();
    return output;
  }

  private static int number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("'%s' in %s", pattern, text).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
