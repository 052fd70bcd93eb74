package io.jvs.transport.udp;

import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Random;

/** Sends what the JDK cannot: with any TOS and TTL, and trains. */
final class PacketSender implements AutoCloseable {
  private final LinuxSocket socket;
  private final boolean ipv6;
  private final Messages messages = new Messages(1);

  private PacketSender(LinuxSocket socket, boolean ipv6) {
    this.socket = socket;
    this.ipv6 = ipv6;
  }

  static PacketSender at(InetSocketAddress address) throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    LinuxSocket socket = SocketSetup.newSocket(ipv6);
    socket.bind(address);
    return new PacketSender(socket, ipv6);
  }

  InetSocketAddress address() {
    return socket.localAddress();
  }

  void send(InetSocketAddress to, int tos, int ttl) throws IOException {
    if (ipv6) {
      socket.setIntOpt(41, 67, tos); // IPV6_TCLASS
      socket.setIntOpt(41, 16, ttl); // IPV6_UNICAST_HOPS
    } else {
      socket.setIntOpt(0, 1, tos); // IP_TOS
      socket.setIntOpt(0, 2, ttl); // IP_TTL
    }
    put(new byte[64], to);
    sendIt();
  }

  /** Datagrams of equal length, but for the last one; returns all of their bytes. */
  byte[] sendTrain(InetSocketAddress to, int segment, int bytes, long seed) throws IOException {
    byte[] payload = new byte[bytes];
    new Random(seed).nextBytes(payload);
    put(payload, to);
    Control control = new Control();
    control.segment = segment;
    messages.writeControl(control, ipv6);
    sendIt();
    return payload;
  }

  private void put(byte[] payload, InetSocketAddress to) {
    ServerAddress bits = new ServerAddress(to);
    messages.room(0).put(payload);
    messages.came(0, ipv6, 0, 0, 0, 0, payload.length);
    messages.sent();
    messages.send(0, ipv6, bits.high, bits.low, 0, bits.port);
  }

  private void sendIt() throws IOException {
    if (Native.LIBC.sendmmsg(socket.intValue(), messages.outAddress(0), 1, 0) != 1) {
      throw new IOException("errno " + Native.errno());
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
