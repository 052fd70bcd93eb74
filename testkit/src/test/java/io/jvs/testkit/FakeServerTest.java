package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.testkit.TcpTransportContract.TcpClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(JvsExtension.class)
class FakeServerTest {
  @Test
  void it_answers_with_its_name_and_counts(FakeServers servers) throws IOException {
    FakeServer server = servers.start("a");
    try (TcpClient one = new TcpClient(server.address());
        TcpClient two = new TcpClient(server.address())) {
      assertThat(one.ask()).isEqualTo("a");
      assertThat(two.ask()).isEqualTo("a");
      assertThat(server.accepted()).isEqualTo(2);
      assertThat(server.open()).isEqualTo(2);
    }
    server.awaitOpen(0);
    assertThat(server.accepted()).isEqualTo(2);
  }

  @Test
  void it_echoes_and_passes_the_end_on(FakeServers servers) throws IOException {
    FakeServer server = servers.start("a", Behaviour.echo());
    try (Socket client = new Socket(server.address().getAddress(), server.address().getPort())) {
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      client.shutdownOutput();
      assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("hello");
    }
  }

  @Test
  void it_closes_resets_or_hangs_as_it_is_told(FakeServers servers) throws IOException {
    FakeServer server = servers.start("a", Behaviour.close());
    try (Socket client = new Socket(server.address().getAddress(), server.address().getPort())) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    server.behave(Behaviour.reset());
    try (Socket client = new Socket(server.address().getAddress(), server.address().getPort())) {
      assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
    }

    server.behave(Behaviour.hang());
    try (Socket client = new Socket(server.address().getAddress(), server.address().getPort())) {
      client.setSoTimeout(50);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      server.kill(); // also ends those that hang
      assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
    }
  }

  @Test
  void killed_it_resets_and_refuses_and_comes_back_at_the_same_port(FakeServers servers)
      throws IOException {
    FakeServer server = servers.start("a");
    try (TcpClient client = new TcpClient(server.address())) {
      assertThat(client.ask()).isEqualTo("a");
      server.kill();
      assertThatThrownBy(client::ask).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> new TcpClient(server.address())).isInstanceOf(ConnectException.class);
    assertThat(server.open()).isZero();

    server.restart();
    try (TcpClient client = new TcpClient(server.address())) {
      assertThat(client.ask()).isEqualTo("a");
    }
  }
}
