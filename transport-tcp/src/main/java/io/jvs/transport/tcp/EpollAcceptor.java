package io.jvs.transport.tcp;

import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A listening socket on one loop, level-triggered. Clients stay on the loop. */
final class EpollAcceptor implements EpollIoHandle {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  /** How long accepting rests after a failure: long enough not to spin, short for a client. */
  private static final long REST_MILLIS = 200;

  /** Clients at a time: sockets that have been closed just now are only gone afterwards. */
  private static final int AT_ONCE = 16;

  /** To be registered and hear of nothing; {@link EpollIoOps#NONE} would be for ever. */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

  private final EpollLoop loop;
  private final RelayEngine.Door door;
  private final LinuxSocket socket;
  private final byte[] address = new byte[25]; // length, address, scope, port
  private final @Nullable InetSocketAddress local; // null: any
  private @Nullable IoRegistration registration;
  private boolean started;
  private boolean resting;
  private boolean accepting;

  private EpollAcceptor(
      EpollLoop loop,
      RelayEngine.Door door,
      LinuxSocket socket,
      @Nullable InetSocketAddress local) {
    this.loop = loop;
    this.door = door;
    this.socket = socket;
    this.local = local;
  }

  /**
   * Binds and listens.
   *
   * @param shared whether others of ours listen there already, see {@link EpollListening}
   */
  static EpollAcceptor bind(
      EpollLoop loop, RelayEngine.Door door, InetSocketAddress address, int backlog, boolean shared)
      throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    LinuxSocket socket;
    try {
      socket = LinuxSocket.newSocketStream(ipv6);
    } catch (ChannelException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    try {
      if (ipv6) { // so that 0.0.0.0 and [::] can be different services
        socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
      }
      socket.setReuseAddress(true);
      socket.setReusePort(shared);
      socket.setTcpNoDelay(true); // clients have it from here
      socket.bind(address);
      socket.listen(backlog);
      return new EpollAcceptor(
          loop, door, socket, address.getAddress().isAnyLocalAddress() ? null : address);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  EpollLoop loop() {
    return loop;
  }

  /** Lets others of ours bind to the same address. */
  void share() throws IOException {
    socket.setReusePort(true);
  }

  /** On the loop, as the rest. */
  void start() {
    started = true;
    update();
  }

  void update() {
    boolean accept = started && !resting && door.isOpen();
    if (accept == accepting || !socket.isOpen()) {
      return;
    }
    if (registration == null) {
      registration = loop.executor().register(this).getNow();
    }
    if (registration != null) {
      accepting = accept;
      registration.submit(accept ? EpollIoOps.EPOLLIN : NOTHING);
    }
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    for (int i = 0; i < AT_ONCE && accepting; i++) { // the door may close at any of them
      try {
        int client = socket.accept(address);
        if (client < 0) {
          return;
        }
        door.acceptWorked();
        arrived(new Socket(client));
      } catch (IOException | UncheckedIOException e) {
        // Most likely for want of descriptors: the client stays in the backlog.
        rest(); // first, so that whatever telling others does, there is no spinning
        door.acceptFailed(e);
      }
    }
  }

  private void arrived(Socket client) {
    InetSocketAddress to = local == null ? client.localAddress() : local;
    EpollSession session =
        new EpollSession(loop, client, NativeInetAddress.address(address, 1, address[0]), to);
    try {
      door.arrived(session);
      session.listen();
    } catch (UncheckedIOException e) { // epoll takes no more
      session.reset();
      throw e;
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      session.fault(e);
    }
  }

  private void rest() {
    resting = true;
    update();
    loop.executor()
        .schedule(
            () -> {
              resting = false;
              update();
            },
            REST_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void close() {
    started = false;
    accepting = false;
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a listening socket", e);
    }
    if (registration != null) {
      registration.cancel();
    }
  }
}
