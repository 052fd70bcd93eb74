package io.jvs.testkit;

import static io.jvs.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every transport of UDP promises. */
public interface UdpTransportContract extends TransportContract {
  /** Long enough for the flows of a test, short enough to wait for their end. */
  Duration IDLE = Duration.ofSeconds(3);

  @Override
  default Server startServer(String name, InetAddress ip) {
    return new NamedServer(name, ip);
  }

  @Override
  default Client connect(InetSocketAddress virtual) throws IOException {
    return new UdpClient(virtual);
  }

  @Override
  default InetSocketAddress freeAddress(InetAddress ip) {
    return FreeAddresses.udp(ip);
  }

  @Override
  default VirtualService.Builder service(InetSocketAddress address) {
    Timeouts usual = Timeouts.DEFAULT;
    return VirtualService.udp(address)
        .timeouts(new Timeouts(usual.connect(), usual.tcp(), usual.tcpFin(), IDLE));
  }

  @Override
  default AutoCloseable occupy(InetSocketAddress address) throws IOException {
    return new DatagramSocket(address);
  }

  /** Nobody can tell a client of UDP, so what can be seen is that the next datagram begins anew. */
  @Override
  @Test
  default void open_flows_of_one_server_are_reset_when_that_is_asked_for() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", FreeAddresses.ip("127.0.0.1"));
        Server b = startServer("b", FreeAddresses.ip("127.0.0.1"))) {
      InetSocketAddress vip = freeAddress(FreeAddresses.ip("127.0.0.1"));
      VirtualService onlyA =
          service(vip).name("dns").scheduler("rr").realServer(a.realServer()).build();
      carried.apply(onlyA);
      try (Client client = connect(vip)) {
        assertThat(client.ask()).isEqualTo("a");
        carried.apply(
            onlyA.withWeight(a.realServer().address(), 0).toBuilder()
                .realServer(b.realServer())
                .build());
        assertThat(client.ask()).as("its flow lives on").isEqualTo("a");
        LoadBalancer balancer = carried.balancer("dns");

        balancer.control().resetConnections(a.realServer().address(), "because of the test");

        eventually(
            "no flow is counted",
            () -> balancer.status().connections() == 0,
            () -> balancer.status().connections());
        assertThat(client.ask()).isEqualTo("b");
      }
    }
  }

  /** A real server that answers each datagram with its name and the question. */
  final class NamedServer implements Server {
    private final String name;
    private final DatagramSocket socket;

    NamedServer(String name, InetAddress ip) {
      this.name = name;
      try {
        socket = new DatagramSocket(new InetSocketAddress(ip, 0));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread thread = new Thread(this::answer, "udp-server-" + name);
      thread.setDaemon(true);
      thread.start();
    }

    private void answer() {
      byte[] room = new byte[2048];
      while (!socket.isClosed()) {
        try {
          DatagramPacket packet = new DatagramPacket(room, room.length);
          socket.receive(packet);
          String question = new String(room, 0, packet.getLength(), StandardCharsets.UTF_8);
          byte[] answer = (name + " " + question).getBytes(StandardCharsets.UTF_8);
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        } catch (IOException e) {
          // closed; or a client that is gone, of whom an ICMP error tells
        }
      }
    }

    @Override
    public RealServer realServer() {
      return RealServer.of(
          SocketAddresses.format((InetSocketAddress) socket.getLocalSocketAddress()));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  /** A client that asks again a few times, as resolvers do. */
  final class UdpClient implements Client {
    private static final int TRIES = 4;
    private static final int PATIENCE_MILLIS = 400;

    private final DatagramSocket socket = new DatagramSocket();
    private int questions;

    UdpClient(InetSocketAddress virtual) throws IOException {
      socket.connect(virtual);
      socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Override
    public String ask() throws IOException {
      String question = "question " + ++questions;
      byte[] bytes = question.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < TRIES; i++) {
        socket.send(new DatagramPacket(bytes, bytes.length));
        String server = await(question);
        if (server != null) {
          return server;
        }
      }
      throw new SocketTimeoutException("no answer to " + question);
    }

    /** The name of the server, or null if nobody answers in time. */
    private @Nullable String await(String question) throws IOException {
      byte[] room = new byte[2048];
      DatagramPacket packet = new DatagramPacket(room, room.length);
      while (true) {
        try {
          socket.receive(packet);
        } catch (SocketTimeoutException e) {
          return null;
        }
        String answer = new String(room, 0, packet.getLength(), StandardCharsets.UTF_8);
        if (answer.endsWith(" " + question)) { // else one of a question that was asked twice
          return answer.substring(0, answer.length() - question.length() - 1);
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
