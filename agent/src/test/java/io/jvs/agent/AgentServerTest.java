package io.jvs.agent;

import static io.jvs.agent.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real sockets on loopback. */
@Timeout(60)
class AgentServerTest {
  private static AgentServer.Builder server() {
    return AgentServer.builder().listen(loopback("127.0.0.1", 0)).answers(() -> Answer.of(75).up());
  }

  private static InetSocketAddress loopback(String ip, int port) {
    return new InetSocketAddress(SocketAddresses.parseIp(ip), port);
  }

  private static Socket connect(AgentServer server) throws IOException {
    InetSocketAddress address = server.addresses().get(0);
    return new Socket(address.getAddress(), address.getPort());
  }

  private static String all(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void a_connection_gets_one_line_and_is_closed() throws Exception {
    try (AgentServer server = server().start();
        Socket client = connect(server)) {
      assertThat(all(client)).isEqualTo("75% up\n");
    }
  }

  @Test
  void it_answers_on_ipv4_and_ipv6() throws Exception {
    try (AgentServer server = server().listen(loopback("::1", 0)).start()) {
      assertThat(server.addresses()).hasSize(2);
      for (InetSocketAddress each : server.addresses()) {
        try (Socket client = new Socket(each.getAddress(), each.getPort())) {
          assertThat(all(client)).isEqualTo("75% up\n");
        }
      }
    }
  }

  @Test
  void what_a_client_sends_is_taken_so_that_its_answer_is_not_reset() throws Exception {
    try (AgentServer server = server().start();
        Socket client = connect(server)) {
      client.getOutputStream().write("web1\n".repeat(2000).getBytes(StandardCharsets.US_ASCII));
      assertThat(all(client)).isEqualTo("75% up\n");
    }
  }

  @Test
  void clients_that_stay_do_not_keep_others_from_their_answers() throws Exception {
    List<Socket> idle = new ArrayList<>();
    try (AgentServer server = server().maxConnections(3).deadline(Duration.ofMinutes(10)).start()) {
      for (int i = 0; i < 20; i++) {
        Socket client = connect(server);
        idle.add(client);
        assertThat(all(client)).isEqualTo("75% up\n");
      }
      eventually("20 answers", () -> server.answered() == 20, server::answered);
    } finally {
      for (Socket each : idle) {
        each.close();
      }
    }
  }

  @Test
  void a_client_that_stays_is_dropped_at_its_deadline() throws Exception {
    try (AgentServer server = server().deadline(Duration.ofMillis(50)).start();
        Socket client = connect(server)) {
      assertThat(all(client)).isEqualTo("75% up\n");
      eventually("a reset", () -> isReset(client), () -> "still open");
    }
  }

  private static boolean isReset(Socket client) {
    try {
      client.getOutputStream().write('x');
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void a_supplier_that_fails_says_nothing_and_the_server_lives_on() throws Exception {
    boolean[] broken = {true};
    AgentServer.Builder builder =
        server()
            .answers(
                () -> {
                  if (broken[0]) {
                    throw new IllegalStateException("no measurement");
                  }
                  return Answer.of(1);
                });
    try (AgentServer server = builder.start()) {
      try (Socket client = connect(server)) {
        assertThat(all(client)).isEqualTo("\n");
      }
      broken[0] = false;
      try (Socket client = connect(server)) {
        assertThat(all(client)).isEqualTo("1%\n");
      }
    }
  }

  @Test
  void an_address_in_use_is_named() throws Exception {
    try (AgentServer first = server().start()) {
      InetSocketAddress taken = first.addresses().get(0);
      assertThatThrownBy(() -> AgentServer.builder().listen(taken).start())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(String.valueOf(taken.getPort()))
          .hasMessageContaining("in use");
    }
  }

  @Test
  void a_closed_server_answers_nobody() throws Exception {
    AgentServer server = server().start();
    InetSocketAddress address = server.addresses().get(0);
    server.close();
    assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
        .isInstanceOf(IOException.class);
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> AgentServer.builder().maxConnections(0))
        .hasMessage("agent with at most 0 connections (expected: 1 or more)");
    assertThatThrownBy(() -> AgentServer.builder().deadline(Duration.ZERO))
        .hasMessage("agent deadline PT0S (expected: 1 ms or more)");
    assertThatThrownBy(() -> AgentServer.builder().start())
        .hasMessage("agent without an address (expected: listen(address))");
  }
}
