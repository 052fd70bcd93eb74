package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** UDP services of a file, from the file to the wire and through reloads. */
@Timeout(180)
class UdpRunTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** The TCP proxy allows no more, however many descriptors there are. */
  private static final int MOST_CONNECTIONS = 1_000_000;

  private final Path directory;
  private final Path file;

  UdpRunTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("echo.yaml");
  }

  @Test
  void services_of_udp_come_change_and_go_with_reloads() throws Exception {
    int tcpPort = Nginx.freePort();
    int port = freePort();
    try (UdpEcho one = new UdpEcho("one");
        UdpEcho two = new UdpEcho("two")) {
      write("tcp 127.0.0.1:" + tcpPort, "{}", "", one.port());
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        String control = jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
        assertThat(status(control).get("udp").isNull()).isTrue();
        int connectionsAlone = maxConnections(control);
        assertThat(Shell.jvs("metrics", "--control", control).out()).doesNotContain("jvs_udp");

        write("udp 127.0.0.1:" + port, "{}", "udp: { responses: 1 }", one.port());
        assertThat(Shell.jvs("reload", "--control", control).out()).isEqualTo("reloaded\n");
        try (DatagramSocket client = client(port)) {
          assertThat(ask(client)).isEqualTo("one");

          write("udp 127.0.0.1:" + port, "{}", "udp: { responses: 1 }", two.port());
          assertThat(Shell.jvs("reload", "--control", control).status()).isZero();
          assertThat(ask(client)).as("its flow was over").isEqualTo("two");

          if (connectionsAlone < MOST_CONNECTIONS) {
            assertThat(maxConnections(control))
                .as("descriptors of source ports are not promised twice")
                .isLessThan(connectionsAlone - 4);
          }
          JsonNode udp = status(control).get("udp");
          assertThat(udp.get("maxFlows").asInt()).isEqualTo(100_000);
          assertThat(udp.get("flows").asInt()).isZero();
          assertThat(udp.get("sourcePorts").asInt()).isPositive();
          assertThat(Shell.jvs("status", "--control", control).out())
              .contains("flows 0 of at most 100000  evicted 0  source ports ");
          assertThat(Shell.jvs("metrics", "--control", control).out())
              .contains("jvs_udp_flows 0.0", "jvs_udp_flows_max 100000.0")
              .contains("jvs_udp_dropped_total{reason=\"refused\"} 0.0")
              .contains("jvs_connections_opened_total{server=\"127.0.0.1:" + two.port());

          write("udp 127.0.0.1:" + port, "{ udp: { maxFlows: 9 } }", "", two.port());
          assertThat(Shell.jvs("reload", "--control", control).status()).isZero();
          jvs.awaitLine("transport.udp has changed; that takes effect at the next start");

          write("udp 192.0.2.1:" + port, "{}", "", two.port());
          Shell.Result refused = Shell.jvs("reload", "--control", control);
          assertThat(refused.status()).isEqualTo(2);
          assertThat(refused.err())
              .contains("virtual service 'echo': cannot listen on udp 192.0.2.1:" + port);
          assertThat(ask(client)).as("all stays as it was").isEqualTo("two");

          write("tcp 127.0.0.1:" + tcpPort, "{}", "", one.port());
          assertThat(Shell.jvs("reload", "--control", control).status()).isZero();
          assertThat(status(control).get("udp").get("engine").asText()).isNotEmpty();
        }
        jvs.signal("TERM");
        assertThat(jvs.awaitExit()).isZero();
      }
    }
  }

  @Test
  void what_its_file_warns_of_is_logged_at_the_start_and_with_each_reload() throws Exception {
    String address = "udp 127.0.0.1:" + freePort();
    String warning = "services[0]: 'wlc' goes by open connections";
    write(address, "{}", "onePacket: true", 5300, 5301);
    try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
      String control = jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
      assertThat(jvs.awaitLine(warning)).contains("WARN", file + ":");

      write(address, "{}", "udp: { responses: 0 }", 5300, 5301);
      assertThat(Shell.jvs("reload", "--control", control).status()).isZero();
      assertThat(jvs.awaitLine(warning, 1)).contains("udp.responses: 0");
    }
  }

  @Test
  void flows_are_listed_reset_limited_and_logged() throws Exception {
    int port = freePort();
    Path log = directory.resolve("connections.log");
    String transport = "{ connectionLog: { file: " + log + " } }";
    String limits = "limits: { packetsPerClient: { count: 3, per: 1d } }";
    try (UdpEcho one = new UdpEcho("one")) {
      write("udp 127.0.0.1:" + port, transport, limits, one.port());
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString());
          DatagramSocket client = client(port);
          DatagramSocket other = client(port)) {
        String control = jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
        assertThat(ask(client)).isEqualTo("one");
        assertThat(ask(other)).isEqualTo("one");
        ObjectMapper json = new ObjectMapper();
        String all = Shell.jvs("connections", "--json", "--control", control).out();
        JsonNode listed = json.readTree(all);
        assertThat(listed.get("present").asInt()).isEqualTo(2);
        String id = "";
        for (JsonNode flow : listed.get("connections")) {
          assertThat(flow.get("protocol").asText()).isEqualTo("udp");
          assertThat(flow.get("state").asText()).isEqualTo("open");
          assertThat(flow.get("bytesOut").asInt()).isEqualTo(3);
          if (flow.get("client").asText().endsWith(":" + client.getLocalPort())) {
            id = flow.get("id").asText();
          }
        }
        assertThat(Shell.jvs("connections", "--protocol", "tcp", "--control", control).out())
            .endsWith("0 of 2 connections\n");

        assertThat(Shell.jvs("connections", "--reset", "--id", id, "--control", control).out())
            .endsWith("1 of 2 connections is reset\n");
        jvs.awaitLine("1 connections are reset by ");
        awaitStatus(control, "flows 1 of at most");
        assertThat(ask(client)).as("its next datagram begins anew").isEqualTo("one");

        client.send(new DatagramPacket(new byte[] {'?'}, 1));
        jvs.awaitLine("127.0.0.1 sends more packets than 3 per 1d, burst 3");
        awaitStatus(control, "too-many-packets 1");
        assertThat(Shell.jvs("status", "--control", control).out())
            .contains("\n  limits packetsPerClient 3 per 1d")
            .contains("\n  known one by one 1  packets dropped 1\n")
            .doesNotContain("clients inside");
        assertThat(Shell.jvs("metrics", "--control", control).out())
            .contains("jvs_packets_dropped_total{service=\"echo\"} 1.0")
            .contains("jvs_udp_dropped_total{reason=\"too-many-packets\"} 1.0")
            .contains("jvs_connection_duration_seconds_count{part=\"first-byte\"");

        jvs.signal("TERM");
        assertThat(jvs.awaitExit()).isZero();
        List<String> lines = Files.readAllLines(log);
        assertThat(lines).hasSize(3);
        JsonNode reset = json.readTree(lines.get(0));
        assertThat(reset.get("id").asText()).isEqualTo(id);
        assertThat(reset.get("protocol").asText()).isEqualTo("udp");
        assertThat(reset.get("ending").asText()).isEqualTo("dropped");
        assertThat(reset.get("cause").asText()).startsWith("reset by ");
        assertThat(reset.get("firstByteMs").asDouble()).isPositive();
        assertThat(reset.get("connectMs").isNull()).isTrue();
      }
    }
  }

  @Test
  void without_a_udp_service_nothing_of_udp_is_loaded_but_the_name() throws Exception {
    write("tcp 127.0.0.1:" + Nginx.freePort(), "{}", "", 1);
    Path loaded = directory.resolve("loaded.txt");
    try (JvsProcess jvs =
        JvsProcess.withOption("-Xlog:class+load:file=" + loaded, directory, file)) {
      jvs.awaitLine("ready: ");
      jvs.signal("TERM");
      assertThat(jvs.awaitExit()).isZero();
    }
    assertThat(Files.readAllLines(loaded))
        .anyMatch(line -> line.contains(" io.jvs.transport.tcp."))
        .filteredOn(line -> line.contains(" io.jvs.transport.udp."))
        .allMatch(line -> line.contains(" io.jvs.transport.udp.UdpTransport "));
  }

  private static JsonNode status(String control) throws Exception {
    return new ObjectMapper()
        .readTree(Shell.jvs("status", "--output", "json", "--control", control).out());
  }

  /** What has been done can be seen a moment later. */
  private static void awaitStatus(String control, String part) {
    while (!Shell.jvs("status", "--control", control).out().contains(part)) {
      LockSupport.parkNanos(10_000_000); // for as long as the test may take
    }
  }

  private static int maxConnections(String control) throws Exception {
    return status(control).get("tcp").get("maxConnections").asInt();
  }

  private static DatagramSocket client(int port) throws IOException {
    DatagramSocket client = new DatagramSocket(0, LOOPBACK);
    client.setSoTimeout(30_000);
    client.connect(new InetSocketAddress(LOOPBACK, port));
    return client;
  }

  private static String ask(DatagramSocket client) throws IOException {
    client.send(new DatagramPacket(new byte[] {'?'}, 1));
    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
    client.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
  }

  private void write(String address, String transport, String udp, int... servers)
      throws IOException {
    Files.writeString(
        file,
        """
        drain: 1s
        transport: %s
        services:
          - name: echo
            address: %s
            realServers: [ %s ]
            %s
        """
            .formatted(
                transport,
                address,
                IntStream.of(servers)
                    .mapToObj(port -> "\"127.0.0.1:" + port + "\"")
                    .collect(Collectors.joining(", ")),
                udp));
  }

  private static int freePort() throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, LOOPBACK)) {
      return probe.getLocalPort();
    }
  }

  /** Answers everything with its name. */
  private static final class UdpEcho implements AutoCloseable {
    private final DatagramSocket socket = new DatagramSocket(0, LOOPBACK);
    private final Thread thread;

    UdpEcho(String name) throws IOException {
      byte[] answer = name.getBytes(StandardCharsets.US_ASCII);
      thread = new Thread(() -> serve(answer), "udp-" + name);
      thread.start();
    }

    int port() {
      return socket.getLocalPort();
    }

    private void serve(byte[] answer) {
      DatagramPacket question = new DatagramPacket(new byte[100], 100);
      while (!socket.isClosed()) {
        try {
          socket.receive(question);
          socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        } catch (IOException e) {
          // Closed, or somebody did not wait for the answer.
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
