package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every transport of TCP promises. */
public interface TcpTransportContract extends TransportContract {
  @Override
  default Server startServer(String name, InetAddress ip) {
    FakeServer fake = FakeServer.start(name, ip, Behaviour.named());
    return new Server() {
      @Override
      public RealServer realServer() {
        return fake.realServer();
      }

      @Override
      public void close() {
        fake.close();
      }
    };
  }

  @Override
  default Client connect(InetSocketAddress virtual) throws IOException {
    return new TcpClient(virtual);
  }

  @Override
  default InetSocketAddress freeAddress(InetAddress ip) {
    return FreeAddresses.tcp(ip);
  }

  @Override
  default VirtualService.Builder service(InetSocketAddress address) {
    return VirtualService.tcp(address);
  }

  @Override
  default AutoCloseable occupy(InetSocketAddress address) throws IOException {
    return new ServerSocket(address.getPort(), 1, address.getAddress());
  }

  @Test
  default void a_client_does_not_notice_a_server_that_refuses() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        FakeServer alive = FakeServer.start("alive");
        FakeServer dead = FakeServer.start("dead")) {
      dead.kill();
      InetSocketAddress vip = FreeAddresses.tcp();
      carried.apply(
          service(vip)
              .name("web")
              .scheduler("rr")
              .realServer(alive.realServer())
              .realServer(dead.realServer())
              .build());
      for (int i = 0; i < 4; i++) {
        try (Client client = connect(vip)) {
          assertThat(client.ask()).isEqualTo("alive");
        }
      }
    }
  }

  @Test
  default void a_client_is_cut_off_when_its_server_dies() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        FakeServer a = FakeServer.start("a")) {
      InetSocketAddress vip = FreeAddresses.tcp();
      carried.apply(service(vip).name("web").realServer(a.realServer()).build());
      try (Client client = connect(vip)) {
        assertThat(client.ask()).isEqualTo("a");
        a.kill();
        assertThatThrownBy(client::ask)
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(SocketTimeoutException.class);
      }
    }
  }

  /** A blocking client of servers that answer lines; see {@link Behaviour#named}. */
  final class TcpClient implements Client {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Socket socket = new Socket();
    private final BufferedReader in;
    private int questions;

    TcpClient(InetSocketAddress address) throws IOException {
      try {
        socket.connect(address, (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    }

    @Override
    public String ask() throws IOException {
      String question = "question " + ++questions;
      socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
      String answer = in.readLine();
      if (answer == null) {
        throw new EOFException("connection ended");
      }
      if (!answer.endsWith(" " + question)) {
        throw new IOException("asked '" + question + "', answer '" + answer + "'");
      }
      return answer.substring(0, answer.length() - question.length() - 1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
