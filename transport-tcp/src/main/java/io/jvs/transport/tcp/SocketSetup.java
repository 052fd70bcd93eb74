package io.jvs.transport.tcp;

import io.jvs.transport.listening.OptionRefused;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
  private static final int SOL_SOCKET = 1; // socket.h, in.h, in6.h, tcp.h of Linux, as the rest
  private static final int SO_BINDTODEVICE = 25;
  private static final int IPPROTO_IP = 0;
  private static final int IP_TRANSPARENT = 19;
  private static final int IP_BIND_ADDRESS_NO_PORT = 24;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int IPV6_TRANSPARENT = 75;
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
    if (ipv6) { // so that 0.0.0.0 and [::] can be different services, or one
      int alone = options.listening().dual() ? 0 : 1;
      set(socket, "listening.dual", IPPROTO_IPV6, IPV6_V6ONLY, alone);
    }
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
    if (!Objects.equals(before.device(), after.device())) {
      bindToDevice(socket, after.device());
    }
    if (before.fastOpen() != after.fastOpen()) {
      set(socket, "listening.fastOpen", IPPROTO_TCP, TCP_FASTOPEN, after.fastOpen());
    }
    if (before.transparent() != after.transparent()) {
      transparent(socket, ipv6, "listening.transparent", after.transparent());
    }
    options(socket, "clientSockets", from.clientSockets(), to.clientSockets());
  }

  /**
   * Before it is connected; binds it to its source.
   *
   * @throws IOException if that cannot be had, or an option is refused
   */
  static void outgoing(Socket socket, ConnectRequest request) throws IOException {
    options(socket, "serverSockets", TcpOptions.SocketOptions.DEFAULT, request.options());
    InetSocketAddress source = request.source();
    if (source == null) {
      return;
    }
    if (request.transparent()) {
      boolean ipv6 = source.getAddress() instanceof Inet6Address;
      transparent(socket, ipv6, "outgoing.clientAddress", true);
    }
    if (source.getPort() == 0) {
      bindWithoutPort(socket, source);
    } else {
      socket.setReuseAddress(true); // beside what is left of the client's earlier connections
      socket.bind(source);
    }
  }

  /** The port is chosen when the server is known, so one port serves for many of them. */
  private static void bindWithoutPort(Socket socket, InetSocketAddress source) throws IOException {
    set(socket, "outgoing.sources", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
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
      options(
          outgoing.socket,
          "serverSockets",
          TcpOptions.SocketOptions.DEFAULT,
          options.serverSockets());
      if (options.outgoing().clientAddress()) {
        transparent(outgoing.socket, ipv6, "outgoing.clientAddress", true);
      }
    }
    for (InetAddress source : options.outgoing().sources()) {
      try (Scratch outgoing = new Scratch(source instanceof Inet6Address)) {
        bindWithoutPort(outgoing.socket, new InetSocketAddress(source, 0));
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

  private static void options(
      Socket socket, String whose, TcpOptions.SocketOptions from, TcpOptions.SocketOptions to)
      throws IOException {
    keepAlive(socket, whose, from.keepAlive(), to.keepAlive());
    if (!Objects.equals(from.userTimeout(), to.userTimeout())) {
      Duration time = to.userTimeout();
      int millis = time == null ? 0 : (int) time.toMillis();
      set(socket, whose + ".userTimeout", IPPROTO_TCP, TCP_USER_TIMEOUT, millis);
    }
    if (from.sendBuffer() != to.sendBuffer()) {
      granted(whose + ".sendBuffer", () -> socket.setSendBufferSize(to.sendBuffer()));
    }
    if (from.receiveBuffer() != to.receiveBuffer()) {
      granted(whose + ".receiveBuffer", () -> socket.setReceiveBufferSize(to.receiveBuffer()));
    }
  }

  private static void keepAlive(
      Socket socket,
      String whose,
      TcpOptions.@Nullable KeepAlive from,
      TcpOptions.@Nullable KeepAlive to)
      throws IOException {
    if (Objects.equals(from, to)) {
      return;
    }
    String what = whose + ".keepAlive";
    granted(what, () -> socket.setKeepAlive(to != null));
    if (to == null) {
      return;
    }
    set(socket, what, IPPROTO_TCP, TCP_KEEPIDLE, (int) to.idle().toSeconds());
    set(socket, what, IPPROTO_TCP, TCP_KEEPINTVL, (int) to.interval().toSeconds());
    set(socket, what, IPPROTO_TCP, TCP_KEEPCNT, to.count());
  }

  private static void bindToDevice(Socket socket, @Nullable String device) throws IOException {
    byte[] name = (device == null ? "" : device).getBytes(StandardCharsets.UTF_8);
    ByteBuffer value = ByteBuffer.allocateDirect(name.length + 1).put(name).put((byte) 0).flip();
    granted(
        "listening.device" + (device == null ? "" : " " + device),
        () -> socket.setRawOpt(SOL_SOCKET, SO_BINDTODEVICE, value));
  }

  private static void transparent(Socket socket, boolean ipv6, String what, boolean on)
      throws IOException {
    if (ipv6) {
      set(socket, what, IPPROTO_IPV6, IPV6_TRANSPARENT, on ? 1 : 0);
    } else {
      set(socket, what, IPPROTO_IP, IP_TRANSPARENT, on ? 1 : 0);
    }
  }

  private static void set(Socket socket, String what, int level, int option, int value)
      throws IOException {
    granted(what, () -> socket.setIntOpt(level, option, value));
  }

  private interface SystemCall {
    void run() throws IOException;
  }

  private static void granted(String what, SystemCall call) throws OptionRefused {
    try {
      call.run();
    } catch (IOException | ChannelException e) { // which of them depends on the option
      throw new OptionRefused(what, e);
    }
  }
}
