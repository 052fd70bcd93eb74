package io.jvs.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Network;
import io.jvs.model.RealServer;
import io.jvs.testkit.FreeAddresses;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class BehindHaproxyTest {
  @Test
  void clients_stay_with_their_server_and_the_server_knows_them() throws Exception {
    InetSocketAddress front = FreeAddresses.tcp();
    try (Told one = new Told();
        Told two = new Told();
        BehindHaproxy proxy =
            new BehindHaproxy(
                front, Network.parse("127.0.0.0/8"), List.of(one.real(), two.real()))) {
      String ann = ask(front, "203.0.113.7");
      String bob = ask(front, "203.0.113.8");
      assertThat(bob).isNotEqualTo(ann);
      for (int i = 0; i < 3; i++) {
        assertThat(ask(front, "203.0.113.7")).isEqualTo(ann);
        assertThat(ask(front, "203.0.113.8")).isEqualTo(bob);
      }
      assertThat(proxy).isNotNull();
    }
  }

  /** The name of the server that answers a client of haproxy. */
  private static String ask(InetSocketAddress front, String client) throws IOException {
    String header = "PROXY TCP4 " + client + " 198.51.100.1 4711 443";
    try (Socket haproxy = new Socket(front.getAddress(), front.getPort())) {
      haproxy.getOutputStream().write((header + "\r\n").getBytes(US_ASCII));
      String answer = new String(haproxy.getInputStream().readAllBytes(), US_ASCII);
      assertThat(answer).contains(header);
      return answer.substring(0, answer.indexOf(' '));
    }
  }

  /** A real server that answers with its name and the header that it was told. */
  private static final class Told implements AutoCloseable {
    private final ServerSocket listening =
        new ServerSocket(0, 64, InetAddress.getLoopbackAddress());

    Told() throws IOException {
      Thread thread = new Thread(this::serve, "server");
      thread.setDaemon(true);
      thread.start();
    }

    RealServer real() {
      return RealServer.of((InetSocketAddress) listening.getLocalSocketAddress());
    }

    private void serve() {
      try {
        while (true) {
          try (Socket client = listening.accept()) {
            BufferedReader lines =
                new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            String answer = "server" + listening.getLocalPort() + " " + lines.readLine();
            client.getOutputStream().write(answer.getBytes(US_ASCII));
          }
        }
      } catch (IOException e) {
        // closed at the end of the test
      }
    }

    @Override
    public void close() throws IOException {
      listening.close();
    }
  }
}
