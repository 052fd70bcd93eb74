package io.jvs.checks.udp;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers each datagram as it is told, on loopback. */
public final class DatagramServer implements AutoCloseable {
  private final DatagramSocket socket;

  /**
   * Starts it.
   *
   * @param ip an address of the machine
   * @param answer to what has come, or null for none
   */
  public DatagramServer(String ip, Function<byte[], byte @Nullable []> answer) {
    try {
      socket = new DatagramSocket(0, SocketAddresses.parseIp(ip));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(() -> serve(answer), "datagram-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve(Function<byte[], byte @Nullable []> answer) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
      while (true) {
        packet.setLength(65_536);
        socket.receive(packet);
        byte[] reply = answer.apply(Arrays.copyOf(packet.getData(), packet.getLength()));
        if (reply != null) {
          socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // closed
    }
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(socket.getLocalAddress(), socket.getLocalPort());
  }

  @Override
  public void close() {
    socket.close();
  }
}
