package io.jvs.transport.udp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Opens sockets for an epoll loop, with the options that this transport needs. */
final class EpollDatagramSockets implements DatagramSockets {
  // levels and options of socket(7), ip(7), ipv6(7), udp(7)
  private static final int SOL_SOCKET = 1;
  private static final int SO_RXQ_OVFL = 40;
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

  /** Asked for; the system may give less (net.core.rmem_max). */
  private static final int FRONT_BUFFER = 4 << 20;

  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
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
      socket.setReceiveBufferSize(FRONT_BUFFER);
      socket.setSendBufferSize(FRONT_BUFFER);
      prepare(socket, ipv6, options);
      socket.bind(address);
      return new EpollDatagramSocket(loop, socket, address, errors);
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
      InetSocketAddress any = new InetSocketAddress(ipv6 ? ANY6 : ANY4, 0);
      socket.bind(any);
      return new EpollDatagramSocket(loop, socket, socket.localAddress(), errors);
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
    socket.setIntOpt(SOL_SOCKET, SO_RXQ_OVFL, 1);
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

  /** Of a socket that is in use; on its loop. */
  static void adjust(LinuxSocket socket, boolean ipv6, UdpOptions options) {
    try {
      socket.setIntOpt(IPPROTO_UDP, UDP_GRO, options.joined() ? 1 : 0);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "no trains of datagrams", e); // Linux before 5.0
    }
    try {
      int tos = ipv6 ? IPV6_RECVTCLASS : IP_RECVTOS;
      socket.setIntOpt(ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, tos, options.passTos() ? 1 : 0);
      int wanted = options.listening().receiveBuffer();
      socket.setReceiveBufferSize(wanted == 0 ? FRONT_BUFFER : wanted);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "udp: options of a socket cannot be changed: {0}", e);
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
