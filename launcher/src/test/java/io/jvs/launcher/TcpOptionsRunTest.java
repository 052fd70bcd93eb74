package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a file says about sockets, from the file to the wire and through reloads. */
@Timeout(180)
class TcpOptionsRunTest {
  private final Path directory;
  private final Path file;

  TcpOptionsRunTest(@TempDir Path directory) {
    this.directory = directory;
    this.file = directory.resolve("web.yaml");
  }

  @Test
  void options_of_a_file_take_effect_and_change_by_reload() throws Exception {
    int port = freePort();
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(30_000);
      write(
          port,
          server,
          "{ listening: { dual: true }, outgoing: { sources: [127.0.0.7, 127.0.0.8] } }");
      try (JvsProcess jvs = new JvsProcess(directory, "run", file.toString())) {
        String control = jvs.awaitLine("ready: ").replaceFirst(".*control (.*)\\)$", "$1");
        assertThat(seenFrom(server, port, "127.0.0.1")).isEqualTo("127.0.0.7");
        assertThat(seenFrom(server, port, "::1")).isEqualTo("127.0.0.8");

        write(port, server, "{ listening: { dual: true, device: nowhere0 } }");
        Shell.Result refused = Shell.jvs("reload", "--control", control);
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
            .startsWith("not reloaded, all stays as it was:")
            .contains("virtual service 'web': tcp.listening.device nowhere0: no such device");
        assertThat(seenFrom(server, port, "127.0.0.1")).isEqualTo("127.0.0.7");

        write(port, server, "{ listening: { dual: true }, outgoing: { sources: [127.0.0.9] } }");
        assertThat(Shell.jvs("reload", "--control", control).status()).isZero();
        assertThat(seenFrom(server, port, "::1")).isEqualTo("127.0.0.9");
      }
    }
  }

  /** The address from which a client's connection comes to the server. */
  private static String seenFrom(ServerSocket server, int port, String client) throws IOException {
    InetSocketAddress address = new InetSocketAddress(client, port);
    assertThat(address.getAddress() instanceof Inet6Address).isEqualTo(client.contains(":"));
    try (Socket socket = new Socket(address.getAddress(), port);
        Socket accepted = server.accept()) {
      assertThat(socket.isConnected()).isTrue();
      return accepted.getInetAddress().getHostAddress();
    }
  }

  private void write(int port, ServerSocket server, String options) throws IOException {
    Files.writeString(
        file,
        """
        services:
          - name: web
            address: "tcp [::]:%d"
            tcp: %s
            realServers: [ "127.0.0.1:%d" ]
        """
            .formatted(port, options, server.getLocalPort()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }
}
