package io.jvs.transport.udp;

import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** One end of a test: a socket that sends and receives when it is told to. */
final class Peer implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 5_000;

  private final DatagramSocket socket;

  private final InetSocketAddress address;

  private Peer(DatagramSocket socket) {
    this.socket = socket;
    this.address = (InetSocketAddress) socket.getLocalSocketAddress();
  }

  static Peer at(String ip) throws IOException {
    return at(ip, 0);
  }

  static Peer at(String ip, int port) throws IOException {
    DatagramSocket socket = new DatagramSocket(port, InetAddress.getByName(ip));
    socket.setReceiveBufferSize(1 << 20);
    return new Peer(socket);
  }

  static Peer server() throws IOException {
    return at("127.0.0.1");
  }

  InetSocketAddress address() {
    return address;
  }

  RealServer realServer() {
    return RealServer.of(SocketAddresses.format(address()));
  }

  void send(InetSocketAddress to, byte[] payload) throws IOException {
    socket.send(new DatagramPacket(payload, payload.length, to));
  }

  void send(InetSocketAddress to, String text) throws IOException {
    send(to, text.getBytes(StandardCharsets.UTF_8));
  }

  /** The next datagram, with where it came from. */
  Received receive() throws IOException {
    Received received = receive(PATIENCE_MILLIS);
    if (received == null) {
      throw new SocketTimeoutException("no datagram at " + address());
    }
    return received;
  }

  /** Null if there is none in time. */
  @Nullable Received receive(int millis) throws IOException {
    byte[] room = new byte[65_536];
    DatagramPacket packet = new DatagramPacket(room, room.length);
    socket.setSoTimeout(millis);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException e) {
      return null;
    }
    return new Received(
        (InetSocketAddress) packet.getSocketAddress(), Arrays.copyOf(room, packet.getLength()));
  }

  /** The client asks there and the server answers; returns whom the server has seen. */
  static InetSocketAddress exchange(Peer client, InetSocketAddress asked, Peer server)
      throws IOException {
    client.send(asked, "question");
    Received question = server.receive();
    server.send(question.from(), "answer");
    Received answer = client.receive();
    if (!question.text().equals("question")
        || !answer.text().equals("answer")
        || !answer.from().equals(asked)) {
      throw new AssertionError(
          question.text()
              + ", then "
              + answer.text()
              + " from "
              + answer.from()
              + ", not "
              + asked);
    }
    return question.from();
  }

  /** A datagram. */
  static final class Received {
    private final InetSocketAddress from;
    private final byte[] payload;

    private Received(InetSocketAddress from, byte[] payload) {
      this.from = from;
      this.payload = payload;
    }

    InetSocketAddress from() {
      return from;
    }

    byte[] payload() {
      return payload;
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
