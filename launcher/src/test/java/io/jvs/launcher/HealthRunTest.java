package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.agent.AgentServer;
import io.jvs.agent.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Health and operation of three real nginx behind {@code jvs run}, with wrk before it and the
 * commands of an operator.
 */
@Timeout(180)
class HealthRunTest {
  private static final String CHECK =
      "{ check: http, status: 200-299, interval: 500ms, timeout: 300ms, fall: 2, rise: 1 }";

  /** Never finds fault with a server that is only slow because the machine is busy. */
  private static final String PATIENT =
      "{ check: http, status: 200-299, interval: 10s, timeout: 10s, fall: 2, rise: 1 }";

  private final Path directory;
  private final Path file;
  private final String control;
  private final int port;
  private final List<Nginx> servers = new ArrayList<>();

  HealthRunTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    this.control = directory.resolve("jvs.sock").toString();
    this.port = Nginx.freePort();
  }

  @BeforeEach
  void start() throws Exception {
    for (String program : List.of("nginx", "wrk")) {
      assumeTrue(
          Nginx.isInstalled(program) || System.getenv("CI") != null, program + " is not installed");
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

  private void write(String settings, List<Nginx> listed) throws IOException {
    StringBuilder text =
        new StringBuilder("control: " + control + "\nstate: state.json\nmaintenance: .\n");
    text.append("services:\n  - name: web\n    address: tcp 127.0.0.1:" + port + "\n");
    text.append(settings).append("    realServers:\n");
    for (Nginx server : listed) {
      text.append("      - { address: \"" + server.address() + "\", weight: 2 }\n");
    }
    Files.writeString(file, text);
  }

  private JvsProcess run() throws Exception {
    JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  private Process wrk(int seconds, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("wrk", "-t1", "-c16", "-d" + seconds + "s", "--timeout", "5s"));
    command.addAll(List.of(options));
    command.add("http://127.0.0.1:" + port + "/");
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String finished(Process process) throws Exception {
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(report).isZero();
    return report;
  }

  private String jvs(String command, Nginx server, String... options) {
    List<String> arguments = new ArrayList<>(List.of(command, "web", server.address()));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--control", control));
    Shell.Result result = Shell.jvs(arguments.toArray(String[]::new));
    assertThat(result.status()).as(result.err()).isZero();
    return result.out();
  }

  /** From the log's own clock, for the eye; tests assert no times. */
  private static void printDelay(String what, Instant fault, String line) {
    Instant logged = Instant.parse(line.substring(0, line.indexOf(' ')));
    System.out.println(
        what + ": seen after " + Duration.between(fault, logged).toMillis() + " ms: " + line);
  }

  @Test
  void a_stopped_a_failing_and_a_hanging_server_are_each_found_by_checks_and_come_back()
      throws Exception {
    write("    health: " + CHECK + "\n", servers);
    try (JvsProcess jvs = run()) {
      Instant fault = Instant.now();
      servers.get(0).signal("stop");
      String stopped = servers.get(0).address() + " down (2 checks failed: connection refused";
      printDelay("stopped", fault, jvs.awaitLine(stopped));
      fault = Instant.now();
      servers.get(1).answer(500);
      String failing = servers.get(1).address() + " down (2 checks failed: ";
      String line = jvs.awaitLine(failing);
      assertThat(line).contains("status 500 (expected: 200-299)");
      printDelay("status 500", fault, line);
      fault = Instant.now();
      servers.get(2).freeze();
      try {
        line = jvs.awaitLine(servers.get(2).address() + " down (2 checks failed: ");
        assertThat(line).contains("timed out after 300ms").contains("0 of 3 servers left");
        printDelay("hanging", fault, line);
        int known = jvs.lines().size();
        jvs.signal("HUP"); // while all are down
        jvs.awaitLine("reloaded");
        assertThat(jvs.lines().subList(known, jvs.lines().size()))
            .noneMatch(each -> each.contains(" up, was "));
        assertThat(Shell.jvs("status", "--control", control).out())
            .containsPattern(servers.get(0).address() + " +NAT +2 +down");
      } finally {
        servers.get(2).thaw();
      }
      servers.get(0).start();
      servers.get(1).answer(200);
      for (Nginx server : servers) {
        jvs.awaitLine(server.address() + " up, was down");
      }
    }
  }

  /**
   * After thousands of good answers, which are in the window for longer than the test takes: so no
   * rate tells, and what is found is found by what comes in a row.
   */
  @Test
  void under_load_the_same_three_are_found_by_real_connections_alone_and_come_back()
      throws Exception {
    write(
        "    inBand: { slowCall: 1s, failedStatus: 500-599, window: 10m, ejectionTime: 1s,"
            + " maxEjectionTime: 2s, maxEjected: 100 }\n",
        servers);
    try (JvsProcess jvs = run()) {
      assertThat(finished(wrk(2, "-H", "Connection: close")))
          .doesNotContain("Socket errors")
          .containsPattern("\\d{3,} requests in");
      Process clients = wrk(120, "-H", "Connection: close");
      Nginx frozen = servers.get(2);
      try {
        Instant fault = Instant.now();
        servers.get(0).signal("stop");
        String line = jvs.awaitLine(servers.get(0).address() + " down (in-band: ");
        // Those that were open are reset; if they were many, they are a row of their own.
        assertThat(line).containsPattern(" (connects|calls) in a row failed .*, out for ");
        printDelay("stopped", fault, line);
        fault = Instant.now();
        servers.get(1).answer(500);
        line = jvs.awaitLine(servers.get(1).address() + " down (in-band: ");
        assertThat(line)
            .contains(" calls in a row failed or took 1 s or longer (threshold 10), out for ");
        printDelay("status 500", fault, line);
        fault = Instant.now();
        frozen.freeze();
        line = jvs.awaitLine(frozen.address() + " down (in-band: ");
        assertThat(line)
            .contains(" calls in a row failed or took 1 s or longer (threshold 10), out for ");
        printDelay("frozen", fault, line);
        frozen.thaw();
        servers.get(0).start();
        servers.get(1).answer(200);
        for (Nginx server : servers) {
          jvs.awaitLine(server.address() + " up, was down");
        }
      } finally {
        frozen.thaw();
        clients.destroy();
        clients.waitFor();
      }
    }
  }

  @Test
  void what_was_down_or_ordered_before_a_restart_is_so_after_it() throws Exception {
    write("    health: " + CHECK + "\n", servers);
    servers.get(0).signal("stop");
    try (JvsProcess jvs = run()) {
      jvs.awaitLine(servers.get(0).address() + " down ");
      jvs("force-down", servers.get(1), "--who", "alice", "--why", "disk");
      jvs.signal("TERM");
      assertThat(jvs.awaitExit()).isZero();
    }
    try (JvsProcess jvs = run()) {
      String status = Shell.jvs("status", "--control", control).out();
      assertThat(status)
          .contains("connection refused (known from before the start)")
          .contains("force-down by alice (disk)");
      assertThat(jvs("release", servers.get(1))).contains("gets new connections with weight 2");
      Path file = Files.createFile(directory.resolve(servers.get(2).address()));
      jvs.awaitLine(servers.get(2).address() + " maintenance by ");
      Files.delete(file);
      jvs.awaitLine(servers.get(2).address() + " no more maintenance by ");
      assertThat(jvs.isAlive()).isTrue();
    }
  }

  @Test
  void under_load_servers_are_drained_and_return_and_no_request_fails() throws Exception {
    write("    health: " + PATIENT + "\n    slowStart: 2s\n", servers);
    try (JvsProcess jvs = run()) {
      Process kept = wrk(8);
      Process fresh = wrk(8, "-H", "Connection: close");
      for (Nginx server : servers) {
        assertThat(jvs("drain", server, "--why", "new kernel")).contains("its weight is 0");
        jvs.awaitLine(server.address() + " drain by ");
        assertThat(jvs("explain", server)).contains("new kernel");
        assertThat(jvs("release", server)).contains("gets new connections");
      }
      for (Process wrk : List.of(kept, fresh)) {
        String report = finished(wrk);
        assertThat(report).doesNotContain("Socket errors").doesNotContain("Non-2xx");
        assertThat(report).contains("requests in");
      }
      assertThat(jvs.lines()).noneMatch(line -> line.contains("no real server"));
    }
  }

  @Test
  void at_the_deadline_of_a_drain_what_is_open_is_reset() throws Exception {
    write("", servers);
    try (JvsProcess jvs = run();
        java.net.Socket client = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
      client
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      int first = client.getInputStream().read();
      assertThat(first).isEqualTo('H');
      for (Nginx server : servers) {
        jvs("drain", server, "--deadline", "100ms");
      }
      jvs.awaitLine("are reset (the deadline of the drain has come)");
      client.setSoTimeout(20_000);
      int ends;
      try {
        do {
          ends = client.getInputStream().read();
        } while (ends >= 0);
      } catch (java.net.SocketException reset) {
        ends = -2;
      }
      assertThat(ends).as("reset").isEqualTo(-2);
    }
  }

  @Test
  void explain_shows_agent_slow_start_and_drain_with_their_reasons() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (AgentServer agent =
        AgentServer.builder().listen(any).answers(() -> Answer.of(50)).start()) {
      String settings =
          "    slowStart: { window: 1h, minimum: 20 }\n    agent: { port: "
              + agent.addresses().get(0).getPort()
              + ", interval: 200ms }\n";
      write(settings, servers.subList(0, 2));
      try (JvsProcess jvs = run()) {
        write(settings, servers);
        jvs.signal("HUP");
        Nginx late = servers.get(2);
        jvs.awaitLine(late.address() + " weight 0.4 -> 0.2, agent: 50 %");
        jvs("drain", late, "--who", "alice", "--why", "new kernel");
        String out = jvs("explain", late);
        System.out.println(out);
        assertThat(out)
            .containsPattern("configured +weight 2 +2 ")
            .containsPattern("agent +50 % +1 .*agent says 50%")
            .containsPattern("slow-start +20 % +0.2 .*slow start over 1h from 20 %")
            .containsPattern("operator +drain +0 .*new kernel, by alice")
            .contains("gets nothing new but from remembered clients: its weight is 0");
        Shell.Result wrong = Shell.jvs("explain", "web", "10.9.9.9:80", "--control", control);
        assertThat(wrong.status()).isEqualTo(ExitStatus.WRONG);
        assertThat(wrong.err()).contains("virtual service 'web': no real server 10.9.9.9:80");
      }
    }
  }
}
