package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of connections: a real process, asked by the commands. */
@Timeout(180)
class VisibilityTest {
  private final Path directory;
  private final Path file;
  private final Path log;
  private final int port;

  VisibilityTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    this.log = directory.resolve("connections.log");
    this.port = freePort();
  }

  @Test
  void connections_are_listed_reset_measured_and_logged() throws Exception {
    try (EchoServer server = new EchoServer("1")) {
      write(server.address(), "127.0.0.1:" + freePort());
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
          Socket one = connect(jvs);
          Socket two = connect(jvs)) {
        String control = jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
        JsonNode listed = connections(control);
        assertThat(listed.get("present").asInt()).isEqualTo(2);
        JsonNode newest = listed.get("connections").get(1);
        assertThat(newest.get("client").asText()).isEqualTo("127.0.0.1:" + two.getLocalPort());
        assertThat(newest.get("server").asText()).isEqualTo(server.address());
        assertThat(Shell.jvs("connections", "--control", control).out())
            .contains(newest.get("id").asText())
            .endsWith("2 of 2 connections\n");

        Shell.Result unchosen = Shell.jvs("connections", "--reset", "--control", control);
        assertThat(unchosen.status()).isEqualTo(2);
        String id = newest.get("id").asText();
        Shell.Result reset = Shell.jvs("connections", "--reset", "--id", id, "--control", control);
        assertThat(reset.out()).endsWith("1 of 2 connections is reset\n");
        assertThat(isCutOff(two)).isTrue();
        jvs.awaitLine("1 connections are reset by ");
        one.getOutputStream().write('x');
        assertThat(one.getInputStream().read()).isEqualTo('x');
        hangUp(one);

        JsonNode dropped = awaitLine(log, id);
        assertThat(dropped.get("ending").asText()).isEqualTo("dropped");
        assertThat(dropped.get("cause").asText()).startsWith("reset by ");
        JsonNode good = awaitLine(log, "\"closed\"");
        assertThat(good.get("bytesIn").asInt()).isEqualTo(1);
        assertThat(good.get("bytesOut").asInt()).isEqualTo(2);
        assertThat(good.get("totalMs").asDouble()).isPositive();

        JsonNode status =
            new ObjectMapper()
                .readTree(Shell.jvs("status", "-o", "json", "--control", control).out());
        JsonNode service = status.get("services").get(0);
        assertThat(service.get("durations").get("connect").get("count").asInt()).isEqualTo(2);
        long refused = 0;
        for (JsonNode each : service.get("servers")) {
          refused += each.get("failures").path("refused").asLong();
        }
        assertThat(refused).as("by the server that does not run").isPositive();
        assertThat(Shell.jvs("status", "--control", control).out())
            .contains("failed  refused " + refused)
            .contains("connect");
        String metrics;
        do { // a line is counted a moment after it is written
          metrics = Shell.jvs("metrics", "--control", control).out();
        } while (!metrics.contains("jvs_tcp_log_lines_total 2.0"));
        assertThat(metrics)
            .contains("# TYPE jvs_connection_duration_seconds histogram")
            .contains(
                "jvs_connection_duration_seconds_bucket{part=\"connect\",service=\"web\",le=\"+Inf\"}"
                    + " 2")
            .contains("jvs_connection_duration_seconds_count{part=\"total\",service=\"web\"} 2")
            .contains("reason=\"refused\"")
            .doesNotContain("jvs_connection_duration_bucket_total");
      }
    }
  }

  @Test
  void logrotate_moves_the_file_sends_hup_and_loses_no_line() throws Exception {
    try (EchoServer server = new EchoServer("1")) {
      write(server.address());
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        hangUp(connect(jvs));
        awaitLine(log, "\"closed\"");
        Path moved = Files.move(log, directory.resolve("connections.log.1"));
        Files.writeString(file, Files.readString(file) + "    atempts: 2\n");
        jvs.signal("HUP"); // the file is wrong by now, which is no reason to write on in the old
        jvs.awaitLine(file + " not reloaded");
        hangUp(connect(jvs));
        awaitLine(log, "\"closed\"");
        assertThat(Files.readAllLines(moved)).hasSize(1);
        hangUp(connect(jvs));
        jvs.signal("TERM");
        assertThat(jvs.awaitExit()).isZero();
        assertThat(Files.readAllLines(log)).as("flushed at the end").hasSize(2);
      }
    }
  }

  @Test
  void a_log_that_cannot_be_written_is_told_before_anything_listens() throws Exception {
    write("127.0.0.1:" + freePort());
    Files.createDirectory(log);
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      assertThat(jvs.awaitExit()).isEqualTo(1);
      assertThat(jvs.lines())
          .last()
          .asString()
          .contains("transport.connectionLog.file: cannot be written: ")
          .contains(log.toString())
          .doesNotContain("\tat ");
    }
  }

  private static JsonNode connections(String control) throws Exception {
    Shell.Result result = Shell.jvs("connections", "--json", "--control", control);
    assertThat(result.status()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  /** A client that has heard its server's name. */
  private Socket connect(JvsProcess jvs) throws Exception {
    jvs.awaitLine("ready: ");
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(30_000);
    assertThat(socket.getInputStream().read()).isEqualTo('1');
    return socket;
  }

  private static void hangUp(Socket client) throws IOException {
    client.close();
  }

  private static boolean isCutOff(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  private static JsonNode awaitLine(Path file, String part) throws IOException {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (true) {
      List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
      for (String line : lines) {
        if (line.contains(part) && line.endsWith("}")) {
          return new ObjectMapper().readTree(line);
        }
      }
      assertThat(System.nanoTime() - deadline).as("waiting for %s in %s", part, lines).isNegative();
      LockSupport.parkNanos(10_000_000);
    }
  }

  private void write(String... servers) throws IOException {
    Files.writeString(
        file,
        """
        drain: 10s
        transport: { connectionLog: { file: connections.log } }
        services:
          - name: web
            address: tcp 127.0.0.1:%d
            scheduler: rr
            realServers: [ "%s" ]
        """
            .formatted(port, String.join("\", \"", servers)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
