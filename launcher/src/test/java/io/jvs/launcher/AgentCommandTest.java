package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code jvs agent} and {@code jvs run}, both real processes, end to end. */
@Timeout(180)
class AgentCommandTest {
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final Path directory;
  private final Path file;
  private final Path drain;
  private final Path load;
  private final int agentPort = freePort();

  AgentCommandTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
    this.drain = directory.resolve("drain");
    this.load = directory.resolve("load");
    Files.writeString(load, "50%\n");
  }

  private JvsProcess agent() throws Exception {
    JvsProcess agent =
        new JvsProcess(
            directory,
            "agent",
            "--port",
            String.valueOf(agentPort),
            "--bind",
            "127.0.0.1",
            "--script",
            "cat " + load,
            "--operator-file",
            drain.toString(),
            "--interval",
            "100ms");
    agent.awaitLine("agent ready: 127.0.0.1:" + agentPort);
    return agent;
  }

  private void write(EchoServer server, String more) throws IOException {
    Files.writeString(
        file,
        """
        services:
          - name: web
            address: tcp 127.0.0.1:%d
            %s
            realServers:
              - { address: "%s", weight: 10 }
        """
            .formatted(freePort(), more, server.address()));
  }

  private JvsProcess run() throws Exception {
    JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
    jvs.awaitLine("ready: ");
    return jvs;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String answer() throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), agentPort)) {
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private JsonNode server(JvsProcess jvs) throws Exception {
    String ready = jvs.awaitLine("ready: ");
    String control = ready.substring(ready.indexOf("control ") + 8, ready.lastIndexOf(')'));
    Shell.Result status = Shell.jvs("status", "--output", "json", "--control", control);
    assertThat(status.err()).isEmpty();
    return new ObjectMapper().readTree(status.out()).at("/services/0/servers/0");
  }

  private void await(JvsProcess jvs, String what, Predicate<JsonNode> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    JsonNode seen = server(jvs);
    while (!condition.test(seen)) {
      assertThat(System.nanoTime() < deadline).as("%s; %s; %s", what, seen, jvs.lines()).isTrue();
      LockSupport.parkNanos(50_000_000);
      seen = server(jvs);
    }
  }

  @Test
  void the_agent_answers_and_says_when_that_changes() throws Exception {
    try (JvsProcess agent = agent()) {
      agent.awaitLine("answers: 50% ready up");
      assertThat(answer()).isEqualTo("50% ready up\n");
      Files.createFile(drain);
      agent.awaitLine("answers: 50% drain up");
      assertThat(answer()).isEqualTo("50% drain up\n");
      agent.signal("TERM");
      assertThat(agent.awaitExit()).isZero();
      assertThat(agent.lines()).last().asString().contains("agent stops after 2 answers");
    }
  }

  @Test
  void a_port_that_is_taken_ends_it_with_status_1() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Shell.Result told =
          Shell.jvs("agent", "--port", String.valueOf(taken.getLocalPort()), "--bind", "127.0.0.1");
      assertThat(told.status()).isEqualTo(1);
      assertThat(told.err()).contains("127.0.0.1:" + taken.getLocalPort()).contains("in use");
    }
  }

  @Test
  void a_director_follows_the_agent_and_a_silent_one_changes_nothing() throws Exception {
    try (EchoServer server = new EchoServer("1");
        JvsProcess agent = agent()) {
      write(server, "agent: { port: " + agentPort + ", interval: 100ms }");
      try (JvsProcess jvs = run()) {
        await(jvs, "half of 10", s -> s.get("weight").asDouble() == 5);
        assertThat(server(jvs).get("weightReason").asText()).contains("agent says 50%");
        Files.createFile(drain);
        await(jvs, "drained", s -> s.get("weight").asDouble() == 0);
        Files.writeString(drain, "down #disk full");
        await(jvs, "down", s -> s.get("state").asText().equals("down"));
        assertThat(server(jvs).get("reason").asText()).contains("agent says down: disk full");
        Files.writeString(load, "30%");
        Files.delete(drain);
        await(jvs, "up again with less", s -> s.get("weight").asDouble() == 3);

        agent.signal("TERM");
        assertThat(agent.awaitExit()).isZero();
        jvs.awaitLine("no answer 3 times in a row, what it said last stays, '30% ready up': ");
        assertThat(server(jvs).get("weight").asDouble()).isEqualTo(3);
        assertThat(server(jvs).get("state").asText()).isEqualTo("up");

        write(server, "scheduler: wlc");
        jvs.signal("HUP");
        await(jvs, "as configured", s -> s.get("weight").asDouble() == 10);
      }
    }
  }
}
