package io.jvs.transport.tcp;

import io.netty.channel.ChannelException;
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
import org.jspecify.annotations.Nullable;

/** A listening socket on one loop. Clients stay on the loop. */
abstract class NativeAcceptor {
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;

  /** How long accepting rests after a failure: long enough not to spin, short for a client. */
  private static final long REST_MILLIS = 200;

  /** Clients at a time: sockets that have been closed just now are only gone afterwards. */
  private static final int AT_ONCE = 16;

  final NativeLoop loop;
  final RelayEngine.Door door;
  final LinuxSocket socket;
  private final @Nullable InetSocketAddress local; // null: any
  private final byte[] address = new byte[25]; // length, address, scope, port
  private boolean started;
  private boolean resting;
  private boolean accepting;

  NativeAcceptor(
      NativeLoop loop,
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
   * @param shared whether others of ours listen there already, see {@link NativeListening}
   */
  static NativeAcceptor bind(
      NativeLoop loop,
      RelayEngine.Door door,
      InetSocketAddress address,
      int backlog,
      boolean shared)
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
      return loop.newAcceptor(
          door, socket, address.getAddress().isAnyLocalAddress() ? null : address);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
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
    for (int i = 0; i < AT_ONCE && accepting; i++) { // the door may close at any of them
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
    InetSocketAddress to = local == null ? client.localAddress() : local;
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
              started = false;
              accepting = false;
              stop(closed);
            });
    return closed;
  }

  /** On the loop. */
  abstract void stop(Promise<Void> closed);
}
