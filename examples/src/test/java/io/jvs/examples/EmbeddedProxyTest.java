package io.jvs.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.testkit.FreeAddresses;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EmbeddedProxyTest {
  @Test
  void clients_of_one_address_reach_all_servers_and_then_others() throws Exception {
    InetSocketAddress front = FreeAddresses.tcp();
    try (HttpServers servers = new HttpServers(3);
        EmbeddedProxy proxy = new EmbeddedProxy(front, real(servers.names().subList(0, 2)))) {
      assertThat(answers(front)).isEqualTo(Set.copyOf(servers.names().subList(0, 2)));
      servers.kill(0); // nobody has told the proxy; it finds out by itself
      assertThat(answers(front)).containsExactly(servers.names().get(1));
      proxy.use(front, real(servers.names().subList(2, 3)));
      assertThat(answers(front)).containsExactly(servers.names().get(2));
    }
  }

  private static List<RealServer> real(List<String> names) {
    return names.stream().map(RealServer::of).toList();
  }

  private static Set<String> answers(InetSocketAddress front) throws Exception {
    Set<String> answers = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      try (Socket socket = new Socket(front.getAddress(), front.getPort())) {
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
        String response = new String(socket.getInputStream().readAllBytes(), UTF_8);
        answers.add(response.substring(response.lastIndexOf('\n') + 1));
      }
    }
    return answers;
  }
}
