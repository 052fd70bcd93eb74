package io.jvs.transport.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Opens sockets for an epoll loop, with the options that this transport needs. */
final class EpollDatagramSockets implements DatagramSockets {
  private final IoEventLoop loop;
  private final Messages errors = new Messages(1);
  private @Nullable IcmpErrors icmp; // null before somebody is to be told

  EpollDatagramSockets(IoEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public IoEventLoop executor() {
    return loop;
  }

  @Override
  public boolean tellUnreachable(
      boolean ipv6, FlowKey client, long askedHigh, long askedLow, int askedPort) {
    IcmpErrors present = icmp;
    if (present == null) {
      present = new IcmpErrors();
      icmp = present;
    }
    return present.tell(ipv6, client, askedHigh, askedLow, askedPort);
  }

  @Override
  public void release() {
    if (icmp != null) {
      icmp.close();
    }
  }

  @Override
  public void check(UdpOptions options, InetAddress address) throws IOException {
    SocketSetup.check(options, address);
  }

  @Override
  public Socket listen(InetSocketAddress address, boolean shared, UdpOptions options)
      throws IOException {
    LinuxSocket socket = SocketSetup.newSocket(address.getAddress() instanceof Inet6Address);
    try {
      SocketSetup.listening(socket, address.getAddress(), options);
      socket.setReusePort(shared);
      socket.bind(address);
      return new EpollDatagramSocket(
          loop, socket, address, options.listening().dual(), options.joined(), errors);
    } catch (IOException | ChannelException e) { // which of them depends on the option
      socket.close();
      throw e instanceof IOException failure ? failure : new IOException(e);
    }
  }

  @Override
  public Socket open(InetSocketAddress source, boolean transparent, UdpOptions options)
      throws IOException {
    boolean ipv6 = source.getAddress() instanceof Inet6Address;
    LinuxSocket socket = SocketSetup.newSocket(ipv6);
    try {
      SocketSetup.outgoing(socket, ipv6, transparent, options);
      socket.bind(source);
      return new EpollDatagramSocket(
          loop, socket, socket.localAddress(), false, options.joined(), errors);
    } catch (IOException | ChannelException e) { // which of them depends on the option
      socket.close();
      throw e instanceof IOException failure ? failure : new IOException(e);
    }
  }
}
