package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The director as operators meet it: a real process, real sockets, real signals. */
@Timeout(180)
class RunCommandTest {
  private final Path directory;
  private final Path file;
  private final EchoServer one;
  private final EchoServer two;
  private final int port;

  RunCommandTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    this.one = new EchoServer("1");
    this.two = new EchoServer("2");
    this.port = freePort();
  }

  @BeforeEach
  void the_service_has_the_first_server() throws IOException {
    write("30s", port, one);
  }

  @AfterEach
  void close() throws IOException {
    one.close();
    two.close();
  }

  @Test
  void the_log_says_what_listens_where_and_when_it_is_ready() throws Exception {
    try (JvsProcess jvs = run()) {
      jvs.awaitLine("ready: tcp 127.0.0.1:" + port + " (pid ");
      assertThat(jvs.lines().get(0))
          .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S* INFO  RunCommand - .*")
          .endsWith(" starts " + file + ": web: tcp 127.0.0.1:" + port + ", rr, 1 real server");
      try (Client client = new Client()) {
        assertThat(client.server()).isEqualTo("1");
        assertThat(client.echo("hello")).isEqualTo("hello");
      }
    }
  }

  @Test
  void a_reload_applies_the_difference_and_present_connections_live_on() throws Exception {
    try (JvsProcess jvs = run();
        Client before = new Client()) {
      assertThat(before.server()).isEqualTo("1");

      write("30s", port, two);
      jvs.signal("HUP");
      jvs.awaitLine("reloaded " + file);

      assertThat(before.echo("still here")).isEqualTo("still here");
      try (Client after = new Client()) {
        assertThat(after.server()).isEqualTo("2");
      }
      JsonNode service = status(jvs).get("services").get(0);
      assertThat(service.get("removed").get(0).get("address").asText()).isEqualTo(one.address());
      assertThat(service.get("removed").get(0).get("active").asInt()).isEqualTo(1);
    }
  }

  @Test
  void a_wrong_file_changes_nothing_and_the_log_and_the_status_say_why() throws Exception {
    try (JvsProcess jvs = run()) {
      Files.writeString(file, Files.readString(file) + "    atempts: 2\n");
      jvs.signal("HUP");
      jvs.awaitLine(file + " not reloaded, all stays as it was");
      String problem = jvs.awaitLine(file + ":7:5: ");
      assertThat(problem)
          .contains("services[0].atempts: unknown key")
          .contains("did you mean 'attempts'?")
          .doesNotContain("Exception");

      try (Client client = new Client()) {
        assertThat(client.server()).isEqualTo("1");
      }
      JsonNode reload = status(jvs).get("lastReload");
      assertThat(reload.get("applied").asBoolean()).isFalse();
      assertThat(reload.get("problems").get(0).asText()).startsWith(file + ":7:5: ");
    }
  }

  @Test
  void an_address_in_use_changes_nothing_either() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        JvsProcess jvs = run()) {
      write("30s", taken.getLocalPort(), two);

      Shell.Result reload = Shell.jvs("reload", "--control", control(jvs));

      assertThat(reload.status()).isEqualTo(2);
      assertThat(reload.err())
          .startsWith("not reloaded, all stays as it was:")
          .contains("127.0.0.1:" + taken.getLocalPort())
          .contains("in use");
      try (Client client = new Client()) {
        assertThat(client.server()).isEqualTo("1");
      }
    }
  }

  @Test
  void sigterm_lets_present_connections_end_and_then_exits_with_0() throws Exception {
    try (JvsProcess jvs = run();
        Client client = new Client()) {
      client.server();

      jvs.signal("TERM");
      jvs.awaitLine("stopping: nothing new is accepted; 1 connections have 30s to end");

      awaitRefusal();
      assertThat(client.echo("last words")).isEqualTo("last words");
      assertThat(status(jvs).get("state").asText()).isEqualTo("draining");
      assertThat(jvs.isAlive()).isTrue();
      client.hangUp();
      assertThat(jvs.awaitExit()).isZero();
      assertThat(jvs.awaitLine("stopped after ")).doesNotContain("reset");
      assertThat(directory.resolve("jvs")).isEmptyDirectory(); // the control socket is gone
    }
  }

  @Test
  void what_is_open_at_the_deadline_is_reset() throws Exception {
    write("200ms", port, one);
    try (JvsProcess jvs = run();
        Client client = new Client()) {
      client.server();

      jvs.signal("TERM");

      assertThat(jvs.awaitExit()).isZero();
      jvs.awaitLine("what was still open then has been cut off");
      assertThatThrownBy(client::server)
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  /** A shell that runs the tests in the background has them, and what they start, ignore INT. */
  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void a_second_signal_ends_it_at_once(String second) throws Exception {
    assumeFalse(second.equals("INT") && ignoresInterrupts(), "skipped: SIGINT is ignored here");
    write("1h", port, one);
    try (JvsProcess jvs = run();
        Client client = new Client()) {
      client.server();
      jvs.signal("TERM");
      jvs.awaitLine("stopping: ");

      jvs.signal(second);

      assertThat(jvs.awaitExit()).isZero();
      jvs.awaitLine("second signal: ending at once");
      assertThat(directory.resolve("jvs")).isEmptyDirectory();
    }
  }

  /** proc(5): a mask of the signals from 1 on. */
  private static boolean ignoresInterrupts() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseLong(line.substring(7).strip(), 16) & 0b10) != 0);
  }

  @Test
  void status_shows_what_is_down_and_why_as_a_table() throws Exception {
    Files.writeString(
        file,
        Files.readString(file) + "    health: { check: tcp-connect, interval: 1s, fall: 1 }\n");
    try (JvsProcess jvs = run()) {
      try (Client client = new Client()) {
        client.server();
      }
      one.close();
      jvs.awaitLine(one.address() + " down (check failed: connection refused");
      try (Client refused = new Client()) {
        assertThat(refused.isCutOff()).isTrue();
      }

      Shell.Result status = Shell.jvs("status", "--control", control(jvs));

      assertThat(status.status()).isZero();
      assertThat(status.out())
          .contains("web  tcp 127.0.0.1:" + port + "  rr  connections 0  templates 0\n")
          .containsPattern(
              "SERVER +FORWARD +WEIGHT +STATE +ACTIVE +INACTIVE +OPENED +FAILED +IN +OUT")
          .containsPattern(one.address() + " +NAT +1 +down +0 +0 +1 +0 ")
          .containsPattern(one.address() + " down since \\S+Z: check failed: ")
          .contains("refused  all-down 1\n");
      jvs.awaitLine("WARN  LoadBalancer - web: no real server (all-down): " + one.address());
    }
  }

  @Test
  void metrics_are_those_of_prometheus() throws Exception {
    try (JvsProcess jvs = run()) {
      try (Client client = new Client()) {
        client.server();
      }
      Shell.Result metrics = Shell.jvs("metrics", "--control", control(jvs));

      assertThat(metrics.status()).isZero();
      assertThat(metrics.out())
          .contains(
              "jvs_connections_opened_total{server=\""
                  + one.address()
                  + "\",service=\"web\"} 1.0\n")
          .contains("jvs_tcp_connections_max ")
          .contains("process_uptime_seconds ");
    }
  }

  @Test
  void one_file_runs_once() throws Exception {
    try (JvsProcess first = run();
        JvsProcess second = new JvsProcess(directory, "run", file.toString())) {
      assertThat(second.awaitExit()).isEqualTo(1);
      second.awaitLine("a director answers there already (expected: one per file;");
      assertThat(first.isAlive()).isTrue();
    }
  }

  @Test
  void an_address_in_use_ends_it_with_1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      write("30s", taken.getLocalPort(), one);
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        assertThat(jvs.awaitExit()).isEqualTo(1);
        assertThat(jvs.lines()).last().asString().contains("in use").doesNotContain("\tat ");
      }
    }
  }

  @Test
  void a_wrong_file_ends_it_with_2() throws Exception {
    Files.writeString(file, "services: []\n");
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      assertThat(jvs.awaitExit()).isEqualTo(2);
      assertThat(jvs.lines())
          .containsExactly(
              file + ":1:11: services: an empty list (expected: at least one virtual service)");
    }
  }

  /** As root, or where every port is free for all, a port below 1024 cannot show it. */
  @Test
  void a_missing_right_is_another_exit_status_than_an_address_in_use() {
    assertThat(RunCommand.status(failure(new BindException("Permission denied")))).isEqualTo(3);
    assertThat(
            RunCommand.status(
                failure(new IOException("bind(..) failed with error(-13): Permission denied"))))
        .isEqualTo(3);
    assertThat(RunCommand.status(failure(new BindException("Address already in use"))))
        .isEqualTo(1);
  }

  private static TransportException failure(IOException cause) {
    return new TransportException("cannot listen", cause);
  }

  private JvsProcess run() throws Exception {
    JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  private static String control(JvsProcess jvs) throws InterruptedException {
    return jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
  }

  private static JsonNode status(JvsProcess jvs) throws Exception {
    Shell.Result result = Shell.jvs("status", "--output", "json", "--control", control(jvs));
    assertThat(result.status()).isZero();
    return new ObjectMapper().readTree(result.out());
  }

  private void write(String drain, int listen, EchoServer server) throws IOException {
    Files.writeString(
        file,
        """
        drain: %s
        services:
          - name: web
            address: tcp 127.0.0.1:%d
            scheduler: rr
            realServers: [ "%s" ]
        """
            .formatted(drain, listen, server.address()));
  }

  private void awaitRefusal() throws IOException {
    while (true) {
      try (Client client = new Client()) {
        client.isCutOff(); // accepted by the system in the moment of closing: again
      } catch (ConnectException e) {
        return;
      } catch (SocketException e) {
        // reset by the closing listener before connect() had returned: again
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** A client of the virtual service. */
  private final class Client implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);

    Client() throws IOException {
      socket.setSoTimeout(30_000);
    }

    /** The name of its server, which is the first thing that it hears. */
    String server() throws IOException {
      return read(1);
    }

    String echo(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return read(text.length());
    }

    boolean isCutOff() throws IOException {
      try {
        return socket.getInputStream().read() < 0;
      } catch (SocketException e) {
        return true;
      }
    }

    private String read(int length) throws IOException {
      byte[] bytes = socket.getInputStream().readNBytes(length);
      return new String(bytes, StandardCharsets.US_ASCII);
    }

    void hangUp() throws IOException {
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
