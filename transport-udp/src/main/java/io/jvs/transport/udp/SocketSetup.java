package io.jvs.transport.udp;

import static io.jvs.transport.listening.LinuxOptions.IPPROTO_IP;
import static io.jvs.transport.listening.LinuxOptions.SOL_SOCKET;

import io.jvs.transport.listening.LinuxOptions;
import io.jvs.transport.listening.OptionRefused;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * The options of a service as system calls of Linux: those that were asked for and no others. Any
 * thread.
 */
final class SocketSetup {
  // levels and options of socket(7), ip(7), ipv6(7), udp(7)
  private static final int SO_SNDBUF = 7;
  private static final int SO_RCVBUF = 8;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SO_RXQ_OVFL = 40;
  private static final int IP_PKTINFO = 8;
  private static final int IP_RECVERR = 11;
  private static final int IP_RECVTTL = 12;
  private static final int IP_RECVTOS = 13;
  private static final int IP_RECVORIGDSTADDR = 20;
  private static final int IPPROTO_UDP = 17;
  private static final int UDP_GRO = 104;
  private static final int IPV6_RECVERR = 25;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_RECVTCLASS = 66;
  private static final int IPV6_RECVORIGDSTADDR = 74;

  /** About 10,000 small datagrams, a third of a second at 30,000/s. */
  private static final int FRONT_BUFFER = 4 << 20;

  /** For answers, of which a few servers send some at once; memory is taken only by what waits. */
  private static final int PORT_BUFFER = 1 << 20;

  private SocketSetup() {}

  /** Whether {@link #adjust} leads from one to the other, or only another socket does. */
  static boolean canAdjust(UdpOptions from, UdpOptions to) {
    return from.listening().dual() == to.listening().dual()
        && from.listening().port() == to.listening().port();
  }

  /**
   * Before it is bound.
   *
   * @throws OptionRefused if the kernel does not take one of them
   */
  static void listening(LinuxSocket socket, InetAddress address, UdpOptions options)
      throws IOException {
    boolean ipv6 = address instanceof Inet6Address;
    LinuxOptions given = of(socket, ipv6);
    given.dual(options.listening().dual());
    if (options.listening().port() != 0) { // datagrams keep the address that they were sent to
      given.ofFamily("listening.port", IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, true);
    } else if (address.isAnyLocalAddress()) { // answers leave from where questions arrived
      given.ofFamily("address", IP_PKTINFO, IPV6_RECVPKTINFO, true);
    }
    buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, receiveBuffer(options));
    buffer(socket, SO_SNDBUFFORCE, SO_SNDBUF, FRONT_BUFFER);
    socket.setIntOpt(SOL_SOCKET, SO_RXQ_OVFL, 1); // what its queue has no room for is counted
    adjust(socket, ipv6, UdpOptions.DEFAULT.withJoined(false), options);
  }

  /**
   * Changes a socket that perhaps listens already.
   *
   * @throws OptionRefused if the kernel does not take one of them
   */
  static void adjust(LinuxSocket socket, boolean ipv6, UdpOptions from, UdpOptions to)
      throws IOException {
    UdpOptions.Listening before = from.listening();
    UdpOptions.Listening after = to.listening();
    LinuxOptions options = of(socket, ipv6);
    if (!Objects.equals(before.device(), after.device())) {
      options.device(after.device());
    }
    if (before.transparent() != after.transparent()) {
      options.transparent("listening.transparent", after.transparent());
    }
    if (receiveBuffer(from) != receiveBuffer(to)) {
      buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, receiveBuffer(to));
    }
    // A train of datagrams with a header each is taken apart by nobody better than the kernel.
    joined(socket, from.joined() && from.proxyFrom().isEmpty(), joinsClients(to));
    passed(options, after.dual(), from, to);
  }

  private static boolean joinsClients(UdpOptions options) {
    return options.joined() && options.proxyFrom().isEmpty();
  }

  /** What is asked for with CAP_NET_ADMIN, else no more than net.core.rmem_max and wmem_max. */
  private static void buffer(LinuxSocket socket, int forced, int usual, int bytes)
      throws IOException {
    try {
      socket.setIntOpt(SOL_SOCKET, forced, bytes);
    } catch (IOException | ChannelException e) { // not permitted
      socket.setIntOpt(SOL_SOCKET, usual, bytes);
    }
  }

  private static int receiveBuffer(UdpOptions options) {
    int wanted = options.listening().receiveBuffer();
    return wanted == 0 ? FRONT_BUFFER : wanted;
  }

  /**
   * Towards real servers, before it is bound.
   *
   * @param transparent whether its source is an address that this machine has not
   * @throws OptionRefused if the kernel does not take one of them
   */
  static void outgoing(LinuxSocket socket, boolean ipv6, boolean transparent, UdpOptions options)
      throws IOException {
    LinuxOptions given = of(socket, ipv6);
    // Or errors of one server would hit all others.
    given.ofFamily("errors", IP_RECVERR, IPV6_RECVERR, true);
    buffer(socket, SO_RCVBUFFORCE, SO_RCVBUF, PORT_BUFFER);
    socket.setIntOpt(SOL_SOCKET, SO_RXQ_OVFL, 1);
    if (transparent) {
      given.transparent("outgoing.clientAddress", true);
    }
    joined(socket, false, options.joined());
    passed(given, false, UdpOptions.DEFAULT, options);
  }

  /** What is read of each datagram, to be given to the one that goes on. */
  private static void passed(LinuxOptions options, boolean dual, UdpOptions from, UdpOptions to)
      throws IOException {
    if (from.passTos() != to.passTos()) {
      both(options, dual, "passTos", IP_RECVTOS, IPV6_RECVTCLASS, to.passTos());
    }
    if (from.passTtl() != to.passTtl()) {
      both(options, dual, "passTtl", IP_RECVTTL, IPV6_RECVHOPLIMIT, to.passTtl());
    }
  }

  /** That of the family; a dual socket has those of both. */
  private static void both(
      LinuxOptions options, boolean dual, String what, int option4, int option6, boolean on)
      throws IOException {
    options.ofFamily(what, option4, option6, on);
    if (dual) {
      options.set(what, IPPROTO_IP, option4, on ? 1 : 0);
    }
  }

  private static void joined(LinuxSocket socket, boolean from, boolean to) {
    if (from != to) {
      try {
        socket.setIntOpt(IPPROTO_UDP, UDP_GRO, to ? 1 : 0);
      } catch (IOException | ChannelException e) {
        // Linux before 5.0: datagrams come one by one.
      }
    }
  }

  /**
   * Tries everything on sockets that are thrown away, so that what the kernel refuses is known
   * before anything is changed.
   *
   * @param address where clients are listened for; not bound
   * @throws OptionRefused if it refuses one of them
   */
  static void check(UdpOptions options, InetAddress address) throws IOException {
    boolean ipv6 = address instanceof Inet6Address;
    try (Scratch listening = new Scratch(ipv6)) {
      listening(listening.socket, address, options);
    }
    try (Scratch outgoing = new Scratch(ipv6)) {
      outgoing(outgoing.socket, ipv6, options.outgoing().clientAddress(), options);
    }
    for (InetAddress source : options.outgoing().sources()) {
      try (Scratch outgoing = new Scratch(source instanceof Inet6Address)) {
        outgoing.socket.bind(new InetSocketAddress(source, 0));
      } catch (IOException e) {
        throw new OptionRefused("outgoing.sources " + source.getHostAddress(), e);
      }
    }
  }

  private record Scratch(LinuxSocket socket) implements AutoCloseable {
    Scratch(boolean ipv6) throws IOException {
      this(newSocket(ipv6));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** The checked exception inside Netty's. */
  static LinuxSocket newSocket(boolean ipv6) throws IOException {
    try {
      return LinuxSocket.newSocketDgram(ipv6);
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static LinuxOptions of(LinuxSocket socket, boolean ipv6) {
    return new LinuxOptions(socket::setIntOpt, socket::setRawOpt, ipv6);
  }
}
