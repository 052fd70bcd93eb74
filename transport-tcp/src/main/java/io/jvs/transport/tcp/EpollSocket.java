package io.jvs.transport.tcp;

import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A socket of a connection on its loop: from being registered, edge-triggered, to its end. */
abstract class EpollSocket implements EpollIoHandle {
  static final int EPOLLPRI = 2; // epoll_ctl(2), as the next; not among Netty's
  static final int EPOLLHUP = 16;

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Without EPOLLOUT the usual event is EPOLLIN alone, for which Netty has an object ready. */
  private static final EpollIoOps READ =
      EpollIoOps.valueOf(Native.EPOLLIN | Native.EPOLLRDHUP | EPOLLPRI | Native.EPOLLET);

  private static final EpollIoOps READ_AND_WRITE = READ.with(EpollIoOps.EPOLLOUT);

  final EpollLoop loop;
  final Socket socket;
  boolean connecting;
  boolean closed; // or about to be
  private @Nullable IoRegistration registration;
  private boolean asksForWrite; // EPOLLOUT
  private boolean resets;

  EpollSocket(EpollLoop loop, Socket socket) {
    this.loop = loop;
    this.socket = socket;
  }

  /**
   * Whether it was connected at once; otherwise the session hears of it.
   *
   * @throws IOException if it was refused at once
   * @throws UncheckedIOException if epoll takes no more
   */
  final boolean connect(InetSocketAddress address) throws IOException {
    boolean connected = socket.connect(address);
    connecting = !connected;
    listen();
    return connected;
  }

  /**
   * Hears of everything from now on.
   *
   * @throws UncheckedIOException if epoll takes no more
   */
  final void listen() {
    IoRegistration registered = loop.executor().register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IllegalStateException("the loop is shutting down");
    }
    registration = registered;
    asksForWrite = connecting;
    registered.submit(connecting ? READ_AND_WRITE : READ);
  }

  /** Whether to hear when the socket takes bytes; it must have refused some, or be connecting. */
  final void askForWrite(boolean write) {
    if (registration != null && asksForWrite != write) {
      asksForWrite = write;
      registration.submit(write ? READ_AND_WRITE : READ);
    }
  }

  /** Closes it soon; with a reset, or as usual. Nothing is heard of it any more. */
  final void close(boolean withReset) {
    if (closed) {
      return;
    }
    closed = true;
    resets = withReset;
    release();
    loop.closeSoon(this);
  }

  /** For the loop, when nothing can be mistaken any more. */
  final void closeSocket() {
    try {
      if (resets) {
        socket.setSoLinger(0);
      }
    } catch (IOException e) { // the kernel has taken it already: then it is reset
      LOG.log(Level.TRACE, "linger", e);
    }
    close();
    if (registration != null) {
      registration.cancel(); // after closing, which has told epoll already
    }
  }

  /** Gives back what it holds; it is about to be closed. */
  abstract void release();

  @Override
  public final FileDescriptor fd() {
    return socket;
  }

  /** For Netty, at the end of the loop. */
  @Override
  public final void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a socket", e);
    }
  }
}
