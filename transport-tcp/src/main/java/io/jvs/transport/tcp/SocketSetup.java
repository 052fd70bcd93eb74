package io.jvs.transport.tcp;

import static io.jvs.transport.listening.LinuxOptions.IPPROTO_IP;
import static io.jvs.transport.listening.LinuxOptions.SOL_SOCKET;

import io.jvs.transport.listening.LinuxOptions;
import io.jvs.transport.listening.OptionRefused;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of a service as system calls of Linux: those that were asked for and no others. For
 * every engine whose sockets are native; any thread.
 *
 * <p>Sockets of clients get theirs from the listening socket: Linux copies them when a handshake
 * begins or ends (inet_csk_clone_lock, tcp_create_openreq_child), so they cost no system call.
 */
final class SocketSetup {
  private static final int SO_SNDBUF = 7; // socket.h, in.h, tcp.h of Linux, as the rest
  private static final int SO_RCVBUF = 8;
  private static final int SO_KEEPALIVE = 9;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;
  private static final int TCP_FASTOPEN = 23;

  private SocketSetup() {}

  /**
   * Before it is bound.
   *
   * @throws OptionRefused if the kernel does not take one of them
   */
  static void listening(Socket socket, boolean ipv6, TcpOptions options) throws IOException {
    of(socket, ipv6).dual(options.listening().dual());
    adjust(socket, ipv6, TcpOptions.DEFAULT, options);
  }

  /** Whether {@link #adjust} leads from one to the other, or only another socket does. */
  static boolean canAdjust(TcpOptions from, TcpOptions to) {
    TcpOptions.SocketOptions before = from.clientSockets();
    TcpOptions.SocketOptions after = to.clientSockets();
    return from.listening().dual() == to.listening().dual()
        // The kernel stops its own tuning for good when it is told a size.
        && (before.sendBuffer() == 0 || after.sendBuffer() != 0)
        && (before.receiveBuffer() == 0 || after.receiveBuffer() != 0);
  }

  /**
   * Changes a socket that perhaps listens already; the backlog is not its business.
   *
   * @throws OptionRefused if the kernel does not take one of them
   */
  static void adjust(Socket socket, boolean ipv6, TcpOptions from, TcpOptions to)
      throws IOException {
    TcpOptions.Listening before = from.listening();
    TcpOptions.Listening after = to.listening();
    LinuxOptions options = of(socket, ipv6);
    if (!Objects.equals(before.device(), after.device())) {
      options.device(after.device());
    }
    if (before.fastOpen() != after.fastOpen()) {
      options.set("listening.fastOpen", IPPROTO_TCP, TCP_FASTOPEN, after.fastOpen());
    }
    if (before.transparent() != after.transparent()) {
      options.transparent("listening.transparent", after.transparent());
    }
    set(options, "clientSockets", from.clientSockets(), to.clientSockets());
  }

  /**
   * Before it is connected; binds it to its source.
   *
   * @throws IOException if that cannot be had, or an option is refused
   */
  static void outgoing(Socket socket, ConnectRequest request) throws IOException {
    InetSocketAddress source = request.source();
    boolean ipv6 = source != null && source.getAddress() instanceof Inet6Address;
    LinuxOptions options = of(socket, ipv6);
    set(options, "serverSockets", TcpOptions.SocketOptions.DEFAULT, request.options());
    if (source == null) {
      return;
    }
    if (request.transparent()) {
      options.transparent("outgoing.clientAddress", true);
    }
    if (source.getPort() == 0) {
      bindWithoutPort(socket, options, source);
    } else {
      socket.setReuseAddress(true); // beside what is left of the client's earlier connections
      socket.bind(source);
    }
  }

  /** The port is chosen when the server is known, so one port serves for many of them. */
  private static void bindWithoutPort(Socket socket, LinuxOptions options, InetSocketAddress source)
      throws IOException {
    options.set("outgoing.sources", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    socket.bind(source);
  }

  /**
   * Tries everything on sockets that are thrown away, so that what the kernel refuses is known
   * before anything is changed.
   *
   * @param ipv6 the family of the clients
   * @throws OptionRefused if it refuses one of them
   */
  static void check(TcpOptions options, boolean ipv6) throws IOException {
    try (Scratch listening = new Scratch(ipv6)) {
      listening(listening.socket, ipv6, options);
    }
    try (Scratch outgoing = new Scratch(ipv6)) {
      LinuxOptions sockets = of(outgoing.socket, ipv6);
      set(sockets, "serverSockets", TcpOptions.SocketOptions.DEFAULT, options.serverSockets());
      if (options.outgoing().clientAddress()) {
        sockets.transparent("outgoing.clientAddress", true);
      }
    }
    for (InetAddress source : options.outgoing().sources()) {
      boolean sourceIpv6 = source instanceof Inet6Address;
      try (Scratch outgoing = new Scratch(sourceIpv6)) {
        LinuxOptions sockets = of(outgoing.socket, sourceIpv6);
        bindWithoutPort(outgoing.socket, sockets, new InetSocketAddress(source, 0));
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
      return LinuxSocket.newSocketStream(ipv6);
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  private static LinuxOptions of(Socket socket, boolean ipv6) {
    return new LinuxOptions(socket::setIntOpt, socket::setRawOpt, ipv6);
  }

  private static void set(
      LinuxOptions options,
      String whose,
      TcpOptions.SocketOptions from,
      TcpOptions.SocketOptions to)
      throws IOException {
    keepAlive(options, whose + ".keepAlive", from.keepAlive(), to.keepAlive());
    if (!Objects.equals(from.userTimeout(), to.userTimeout())) {
      Duration time = to.userTimeout();
      int millis = time == null ? 0 : (int) time.toMillis();
      options.set(whose + ".userTimeout", IPPROTO_TCP, TCP_USER_TIMEOUT, millis);
    }
    if (from.sendBuffer() != to.sendBuffer()) {
      options.set(whose + ".sendBuffer", SOL_SOCKET, SO_SNDBUF, to.sendBuffer());
    }
    if (from.receiveBuffer() != to.receiveBuffer()) {
      options.set(whose + ".receiveBuffer", SOL_SOCKET, SO_RCVBUF, to.receiveBuffer());
    }
  }

  private static void keepAlive(
      LinuxOptions options,
      String what,
      TcpOptions.@Nullable KeepAlive from,
      TcpOptions.@Nullable KeepAlive to)
      throws IOException {
    if (Objects.equals(from, to)) {
      return;
    }
    options.set(what, SOL_SOCKET, SO_KEEPALIVE, to == null ? 0 : 1);
    if (to != null) {
      options.set(what, IPPROTO_TCP, TCP_KEEPIDLE, (int) to.idle().toSeconds());
      options.set(what, IPPROTO_TCP, TCP_KEEPINTVL, (int) to.interval().toSeconds());
      options.set(what, IPPROTO_TCP, TCP_KEEPCNT, to.count());
    }
  }
}
