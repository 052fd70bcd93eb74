package io.jvs.transport.tcp;

import io.jvs.transport.listening.SystemReasons;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a pair with epoll: from being registered to its end.
 *
 * <p>Edge-triggered: an event is told once, so each side remembers what it has not finished. It
 * reads until there is nothing left, which a short read says as well as an empty one, and for less;
 * but not when the end or urgent data have been announced, both of which make reads short.
 */
final class EpollSocket extends NativeSide implements EpollIoHandle {
  private static final int EPOLLPRI = 2; // epoll_ctl(2), as the next; not among Netty's
  private static final int EPOLLHUP = 16;

  private static final int FAILED = Native.EPOLLERR | EPOLLHUP;
  private static final int READABLE = Native.EPOLLIN | Native.EPOLLRDHUP | EPOLLPRI | EPOLLHUP;

  /** Without EPOLLOUT the usual event is EPOLLIN alone, for which Netty has an object ready. */
  private static final EpollIoOps READ =
      EpollIoOps.valueOf(Native.EPOLLIN | Native.EPOLLRDHUP | EPOLLPRI | Native.EPOLLET);

  private static final EpollIoOps READ_AND_WRITE = READ.with(EpollIoOps.EPOLLOUT);

  private final EpollLoop epoll;
  private @Nullable IoRegistration registration;
  private boolean asksForWrite; // EPOLLOUT
  private boolean heardWrite; // without having waited for it
  private boolean resets;

  EpollSocket(NativeSession session, EpollLoop loop, Socket socket) {
    super(session, loop, socket);
    this.epoll = loop;
  }

  @Override
  boolean connect(InetSocketAddress address) throws IOException {
    boolean connected = socket.connect(address);
    connecting = !connected;
    listen();
    return connected;
  }

  @Override
  void listen() {
    IoRegistration registered = loop.executor().register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IllegalStateException("the loop is shutting down");
    }
    registration = registered;
    asksForWrite = connecting;
    registered.submit(connecting ? READ_AND_WRITE : READ);
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    if (closed) {
      return;
    }
    int events = ((EpollIoEvent) event).ops().value();
    try {
      if (connecting) {
        if ((events & (Native.EPOLLOUT | FAILED)) == 0 || !finishConnect(events)) {
          return;
        }
      } else if ((events & Native.EPOLLERR) != 0) {
        session.broken(this);
        return;
      } else if ((events & Native.EPOLLOUT) != 0) {
        writable(events);
      }
      if ((events & READABLE) != 0) {
        thorough |= (events & (Native.EPOLLRDHUP | EPOLLPRI)) != 0;
        unread = true;
        goOn();
      }
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a second
      session.fault(e);
    }
  }

  /** Whether it is connected; if not, the session has been told. */
  private boolean finishConnect(int events) {
    try {
      if ((events & FAILED) != 0 && !socket.finishConnect()) {
        return false;
      }
    } catch (IOException e) {
      session.connectFailed(SystemReasons.of(e), false);
      return false;
    }
    connecting = false;
    session.serverConnected(this);
    return !closed;
  }

  @Override
  void goOn() {
    NativeSide to = peer;
    if (to == null) {
      look();
      return;
    }
    if (!unread || closed || inputEnded || to.isBlocked()) {
      return;
    }
    try {
      unread = false;
      for (int round = 0; round < ROUNDS; round++) {
        if (!(bulk ? splice(to) : copy(to))) {
          return;
        }
      }
      unread = true;
      loop.goOnLater(this);
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    } catch (RuntimeException | Error e) {
      session.fault(e);
    }
  }

  private void writable(int events) {
    if (!isBlocked()) {
      // Left over from connecting or from being blocked. Short connections never stop asking, which
      // saves them a system call; others do, and save an object per event, see READ.
      if (heardWrite && (events & Native.EPOLLRDHUP) == 0) {
        heardWrite = false;
        askForWrite(false);
      } else {
        heardWrite = true;
      }
      return;
    }
    unblock();
  }

  @Override
  void waitForWrite() {
    askForWrite(true);
  }

  /** Whether to hear when the socket takes bytes; it must have refused some, or be connecting. */
  private void askForWrite(boolean write) {
    if (registration != null && asksForWrite != write) {
      asksForWrite = write;
      registration.submit(write ? READ_AND_WRITE : READ);
    }
  }

  @Override
  void close(boolean withReset) {
    if (closed) {
      return;
    }
    closed = true;
    resets = withReset;
    release();
    epoll.closeSoon(this);
  }

  /** For the loop, when nothing can be mistaken any more. */
  void closeSocket() {
    if (resets) {
      NativeClosing.reset(socket);
    } else {
      close();
    }
    if (registration != null) {
      registration.cancel(); // after closing, which has told epoll already
    }
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  /** For Netty, at the end of the loop. */
  @Override
  public void close() {
    NativeClosing.close(socket);
  }
}
