package io.jvs.transport.udp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import org.jspecify.annotations.Nullable;

/** A channel of the JDK's on a selector: a datagram is a system call each way. */
final class NioDatagramSocket implements DatagramSockets.Socket, NioIoHandle {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  private final IoEventLoop loop;
  private final DatagramChannel channel;
  private final InetSocketAddress local;
  private DatagramSockets.@Nullable Reader reader;
  private @Nullable IoRegistration registration;

  NioDatagramSocket(IoEventLoop loop, DatagramChannel channel, InetSocketAddress local) {
    this.loop = loop;
    this.channel = channel;
    this.local = local;
  }

  @Override
  public InetSocketAddress local() {
    return local;
  }

  @Override
  public void share() {} // from the beginning, see NioDatagramSockets

  @Override
  public void read(DatagramSockets.Reader newReader) throws IOException {
    reader = newReader;
    IoRegistration registered = loop.register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IOException("the loop is shutting down");
    }
    registration = registered;
    registered.submit(NioIoOps.READ);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    DatagramSockets.Reader listening = reader;
    if (listening == null || !channel.isOpen()) {
      return;
    }
    try {
      listening.readable();
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      LOG.log(Level.ERROR, "udp: a fault of ours at " + local, e);
    }
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
      LOG.log(Level.DEBUG, "receiving at " + local, e);
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
  public int send(Messages from) {
    int count = from.outCount();
    int sent = 0;
    for (int k = 0; k < count && channel.isOpen(); k++) {
      try {
        ByteBuffer payload = from.outPayload(k);
        if (channel.send(payload, from.destination(k)) > 0 || !payload.hasRemaining()) {
          sent++;
        }
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "sending from " + local, e);
      }
    }
    return count - sent;
  }

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
    if (registration != null) {
      registration.cancel();
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a socket", e);
    }
  }
}
