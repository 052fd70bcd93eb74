package io.jvs.transport.tcp;

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
  private final InetSocketAddress bound;
  private int backlog;
  private boolean asksForLocal; // clients may have connected to some other address
  private @Nullable IoRegistration registration;
  private boolean started;
  private boolean resting;
  private boolean accepting;

  private EpollAcceptor(
      EpollLoop loop, RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    this.loop = loop;
    this.door = door;
    this.socket = socket;
    this.bound = bound;
  }

  /**
   * Binds and listens.
   *
   * @param shared whether others of ours listen there already, see {@link EpollListening}
   */
  static EpollAcceptor bind(
      EpollLoop loop,
      RelayEngine.Door door,
      InetSocketAddress address,
      int backlog,
      TcpOptions options,
      boolean shared)
      throws IOException {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    LinuxSocket socket = SocketSetup.newSocket(ipv6);
    try {
      SocketSetup.listening(socket, ipv6, options);
      socket.setReuseAddress(true);
      socket.setReusePort(shared);
      socket.setTcpNoDelay(true); // clients have it from here
      socket.bind(address);
      EpollAcceptor acceptor = new EpollAcceptor(loop, door, socket, address);
      acceptor.listen(backlog, options);
      return acceptor;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void listen(int newBacklog, TcpOptions options) throws IOException {
    socket.listen(newBacklog); // also when it does already: Linux takes the new number
    backlog = newBacklog;
    asksForLocal = bound.getAddress().isAnyLocalAddress() || options.listening().transparent();
  }

  /** On the loop. */
  void adjust(int newBacklog, TcpOptions from, TcpOptions to) throws IOException {
    SocketSetup.adjust(socket, bound.getAddress() instanceof Inet6Address, from, to);
    listen(newBacklog, to);
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
    accept(AT_ONCE);
  }

  private void accept(int atMost) {
    for (int i = 0; i < atMost && accepting; i++) { // the door may close at any of them
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
    InetSocketAddress to = asksForLocal ? client.localAddress() : bound;
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

  /** Clients that are connected already would be reset, so they come in first. */
  @Override
  public void close() {
    accept(backlog);
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
