package io.jvs.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoOps;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;

/** A channel of the JDK's on a selector: a datagram is a system call each way. */
final class NioDatagramSocket extends ReadSocket implements NioIoHandle {
  private final DatagramChannel channel;

  NioDatagramSocket(IoEventLoop loop, DatagramChannel channel, InetSocketAddress local) {
    super(loop, local);
    this.channel = channel;
  }

  @Override
  public void share() {} // from the beginning, see NioDatagramSockets

  @Override
  public void adjust(UdpOptions from, UdpOptions to) throws IOException {
    NioDatagramSockets.receiveBuffer(channel, to);
  }

  @Override
  boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  IoOps reading() {
    return NioIoOps.READ;
  }

  @Override
  void ready(IoEvent event, DatagramSockets.Reader listening) {
    listening.readable();
  }

  @Override
  public int receive(Messages into) {
    into.clear();
    int count = 0;
    try {
      while (count < Messages.MAX && channel.isOpen()) {
        ByteBuffer room = into.room(count);
        int start = room.position();
        if (!(channel.receive(room) instanceof InetSocketAddress from)) {
          break;
        }
        put(into, count, from, room.position() - start);
        count++;
      }
    } catch (IOException e) {
      failed("receiving", e);
    }
    into.filled(count);
    return count;
  }

  private static void put(Messages into, int index, InetSocketAddress from, int length) {
    byte[] ip = from.getAddress().getAddress();
    ByteBuffer bits = ByteBuffer.wrap(ip);
    boolean ipv6 = ip.length == 16;
    long high = ipv6 ? bits.getLong() : 0;
    long low = ipv6 ? bits.getLong() : Integer.toUnsignedLong(bits.getInt());
    int scope = from.getAddress() instanceof Inet6Address address ? address.getScopeId() : 0;
    into.came(index, ipv6, high, low, scope, from.getPort(), length);
  }

  @Override
  public void send(Messages from, Unsent unsent) {
    for (int k = 0; k < from.outCount() && channel.isOpen(); k++) {
      try {
        ByteBuffer payload = from.outPayload(k);
        boolean empty = !payload.hasRemaining();
        if (channel.send(payload, from.destination(k)) == 0 && !empty) {
          unsent.count(1, Errors.EAGAIN, local());
        }
      } catch (IOException e) {
        lost(from, k, 1, Errors.of(e), unsent);
        failed("sending", e);
      }
    }
  }

  /** Each is a call of its own anyway. */
  @Override
  public int mostJoined() {
    return 0;
  }

  @Override
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    cancel();
    try {
      channel.close();
    } catch (IOException e) {
      failed("closing", e);
    }
  }
}
