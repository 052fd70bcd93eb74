package io.jvs.transport.tcp;

import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A listening socket on one loop. Clients stay on the loop. */
abstract class NativeAcceptor {
  /** How long accepting rests after a failure: long enough not to spin, short for a client. */
  private static final long REST_MILLIS = 200;

  /** Clients at a time: sockets that have been closed just now are only gone afterwards. */
  private static final int AT_ONCE = 16;

  final NativeLoop loop;
  final RelayEngine.Door door;
  final LinuxSocket socket;
  private final InetSocketAddress bound;
  private final byte[] address = new byte[25]; // length, address, scope, port
  private int backlog;
  private boolean asksForLocal; // clients may have connected to some other address
  private boolean started;
  private boolean resting;
  private boolean accepting;

  NativeAcceptor(
      NativeLoop loop, RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    this.loop = loop;
    this.door = door;
    this.socket = socket;
    this.bound = bound;
  }

  /**
   * Binds and listens.
   *
   * @param shared whether others of ours listen there already, see {@link NativeListening}
   */
  static NativeAcceptor bind(
      NativeLoop loop,
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
      NativeAcceptor acceptor = loop.newAcceptor(door, socket, address);
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
  final void adjust(int newBacklog, TcpOptions from, TcpOptions to) throws IOException {
    SocketSetup.adjust(socket, bound.getAddress() instanceof Inet6Address, from, to);
    listen(newBacklog, to);
  }

  final NativeLoop loop() {
    return loop;
  }

  /** Lets others of ours bind to the same address. */
  final void share() throws IOException {
    socket.setReusePort(true);
  }

  /** On the loop, as the rest. */
  final void start() {
    started = true;
    update();
  }

  final void update() {
    if (socket.isOpen()) {
      accepting = started && !resting && door.isOpen();
      accept(accepting);
    }
  }

  /** Whether to accept; called again with the same, too. */
  abstract void accept(boolean accept);

  /** Those who have come already, though not too many of them. */
  final void acceptPresent() {
    acceptPresent(AT_ONCE);
  }

  private void acceptPresent(int atMost) {
    for (int i = 0; i < atMost && accepting; i++) { // the door may close at any of them
      try {
        int client = socket.accept(address);
        if (client < 0) {
          return;
        }
        door.acceptWorked();
        arrived(new Socket(client), NativeInetAddress.address(address, 1, address[0]));
      } catch (IOException | UncheckedIOException e) {
        failed(e);
      }
    }
  }

  final void arrived(Socket client, InetSocketAddress from) {
    InetSocketAddress to = asksForLocal ? client.localAddress() : bound;
    NativeSession session = new NativeSession(loop, client, from, to);
    try {
      door.arrived(session);
      session.listen();
    } catch (UncheckedIOException e) { // the kernel watches no more
      session.reset();
      throw e;
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      session.fault(e);
    }
  }

  /** Most likely for want of descriptors: the client stays in the backlog. */
  final void failed(Exception cause) {
    resting = true; // first, so that whatever telling others does, there is no spinning
    update();
    loop.executor()
        .schedule(
            () -> {
              resting = false;
              update();
            },
            REST_MILLIS,
            TimeUnit.MILLISECONDS);
    door.acceptFailed(cause);
  }

  /** Any thread; when that is done, the address is free. */
  final Future<?> stop() {
    Promise<Void> closed = loop.executor().newPromise();
    loop.executor()
        .execute(
            () -> {
              acceptPresent(backlog); // they are connected already, and would be reset
              started = false;
              accepting = false;
              stop(closed);
            });
    return closed;
  }

  /** On the loop. */
  abstract void stop(Promise<Void> closed);
}
