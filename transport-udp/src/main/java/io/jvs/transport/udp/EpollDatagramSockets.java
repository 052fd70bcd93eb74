package io.jvs.transport.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Opens sockets for an epoll loop, with the options that this transport needs. */
final class EpollDatagramSockets implements DatagramSockets {
  // levels and options of ip(7), ipv6(7), udp(7)
  private static final int IPPROTO_IP = 0;
  private static final int IPPROTO_UDP = 17;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IP_PKTINFO = 8;
  private static final int IP_RECVERR = 11;
  private static final int IP_RECVTOS = 13;
  private static final int IPV6_RECVERR = 25;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_RECVTCLASS = 66;
  private static final int UDP_GRO = 104;

  // socket(7)
  private static final int SOL_SOCKET = 1;
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;

  /** About 10,000 small datagrams, a third of a second at 30,000/s. */
  private static final int FRONT_BUFFER = 4 << 20;

  /** For answers, of which a few servers send some at once; memory is taken only by what waits. */
  private static final int PORT_BUFFER = 1 << 20;

  private static final InetAddress ANY4 = any(4);
  private static final InetAddress ANY6 = any(16);

  private final IoEventLoop loop;
  private final Messages errors = new Messages(1);

  EpollDatagramSockets(IoEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public IoEventLoop executor() {
    return loop;
  }

  @Override
  public Socket listen(InetSocketAddress address, boolean shared, UdpOptions options)
      throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    LinuxSocket socket = newSocket(ipv6);
    try {
      if (ipv6) { // so that 0.0.0.0 and [::] can be different services
        socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
      }
      if (address.getAddress().isAnyLocalAddress()) { // answers leave from where questions arrived
        setOption(socket, ipv6, IP_PKTINFO, IPV6_RECVPKTINFO);
      }
      socket.setReusePort(shared);
      setBuffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, FRONT_BUFFER);
      setBuffer(socket, SO_SNDBUFFORCE, SO_SNDBUF, FRONT_BUFFER);
      prepare(socket, ipv6, options);
      socket.bind(address);
      return new EpollDatagramSocket(loop, socket, address, options.joined(), errors);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public Socket open(boolean ipv6, UdpOptions options) throws IOException {
    LinuxSocket socket = newSocket(ipv6);
    try {
      setOption(socket, ipv6, IP_RECVERR, IPV6_RECVERR); // or errors of one server hit all others
      prepare(socket, ipv6, options);
      setBuffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, PORT_BUFFER);
      InetSocketAddress any = new InetSocketAddress(ipv6 ? ANY6 : ANY4, 0);
      socket.bind(any);
      return new EpollDatagramSocket(loop, socket, any, options.joined(), errors);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static LinuxSocket newSocket(boolean ipv6) throws IOException {
    try {
      return LinuxSocket.newSocketDgram(ipv6);
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static void prepare(LinuxSocket socket, boolean ipv6, UdpOptions options)
      throws IOException {
    if (options.joined()) {
      try {
        socket.setIntOpt(IPPROTO_UDP, UDP_GRO, 1);
      } catch (IOException e) {
        // Linux before 5.0: datagrams come one by one.
      }
    }
    if (options.passTos()) {
      setOption(socket, ipv6, IP_RECVTOS, IPV6_RECVTCLASS);
    }
  }

  /** What is asked for with CAP_NET_ADMIN, else no more than net.core.rmem_max and wmem_max. */
  private static void setBuffer(LinuxSocket socket, int forced, int usual, int bytes)
      throws IOException {
    try {
      socket.setIntOpt(SOL_SOCKET, forced, bytes);
    } catch (IOException e) { // not permitted
      socket.setIntOpt(SOL_SOCKET, usual, bytes);
    }
  }

  private static void setOption(LinuxSocket socket, boolean ipv6, int option4, int option6)
      throws IOException {
    socket.setIntOpt(ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? option6 : option4, 1);
  }

  private static InetAddress any(int bytes) {
    try {
      return InetAddress.getByAddress(new byte[bytes]);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 or 16 bytes are an address", e);
    }
  }
}
