package io.jvs.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a pair: what it reads the other writes, at once. What the other does not take waits
 * here for the other, and meanwhile nothing more is read.
 *
 * <p>Edge-triggered: an event is told once, so each side remembers what it has not finished. It
 * reads until there is nothing left, which a short read says as well as an empty one, and for less;
 * but not when the end or urgent data have been announced, both of which make reads short.
 */
final class EpollSide extends EpollSocket {
  /** Reads of one side before it is the turn of others. */
  private static final int ROUNDS = 4;

  /** Splicing less than this at a time costs more than copying it. */
  private static final int WORTH_SPLICING = 4096;

  private static final int FAILED = Native.EPOLLERR | EPOLLHUP;
  private static final int READABLE = Native.EPOLLIN | Native.EPOLLRDHUP | EPOLLPRI | EPOLLHUP;

  private final EpollSession session;
  private @Nullable EpollSide peer; // null until both are connected
  private @Nullable ByteBuf rest; // for this socket, which did not take it; or
  private EpollPipes.@Nullable Pipe pipe; // the same
  private boolean heardWrite; // without having waited for it
  private boolean unread; // there may be something to read, and no event will say so again
  private boolean thorough; // a short read does not mean that there is nothing left
  private boolean bulk; // splice
  private boolean inputEnded;
  private boolean finPassedOn;

  EpollSide(EpollSession session, EpollLoop loop, Socket socket) {
    super(loop, socket);
    this.session = session;
  }

  /** Before it is connected: what goes out first, in turn; null for nothing. */
  void sayFirst(@Nullable ByteBuffer bytes) {
    if (bytes == null || closed) {
      return;
    }
    if (rest == null) {
      rest = ByteBufAllocator.DEFAULT.directBuffer(bytes.remaining());
    }
    rest.writeBytes(bytes.duplicate());
  }

  /** Connected: says what it is to say first; meanwhile nobody else can write to it. */
  void begin() {
    if (rest == null || closed) {
      return;
    }
    try {
      if (!flush()) {
        waitForWrite();
      }
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
  }

  /** Both ends are connected: relays to the other, and first what has been read of already. */
  void relayTo(EpollSide newPeer) {
    peer = newPeer;
    if (inputEnded && !closed && !newPeer.isBlocked()) { // before there was a peer
      passFin(newPeer);
    } else {
      goOn();
    }
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
      session.connectFailed(Reasons.of(e), false);
      return false;
    }
    connecting = false;
    session.serverConnected(this);
    return !closed;
  }

  /** Reads on, if there is something and the other side can take it. */
  void goOn() {
    EpollSide to = peer;
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

  /** Reads what somebody wants to see of it before it has a peer, and no more. */
  private void look() {
    try {
      int wanted = session.wanted();
      while (wanted > 0 && unread && !closed && !inputEnded) {
        int most = Math.min(wanted, EpollLoop.BUFFER_BYTES);
        int bytes = socket.recvAddress(loop.address(), 0, most);
        // All is set right before the session hears of it, which may connect and read on by itself.
        inputEnded = bytes < 0;
        unread = bytes == most || (bytes > 0 && thorough);
        if (bytes == 0) {
          return;
        }
        session.read(bytes);
        wanted = session.wanted();
      }
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    } catch (RuntimeException | Error e) {
      session.fault(e);
    }
  }

  /** Whether there may be more at once. */
  private boolean copy(EpollSide to) throws IOException {
    int bytes = socket.recvAddress(loop.address(), 0, EpollLoop.BUFFER_BYTES);
    if (bytes <= 0) {
      if (bytes < 0) {
        inputEnded = true;
        if (!to.isBlocked()) {
          passFin(to);
        }
      }
      return false;
    }
    session.moved(this, bytes);
    if (!to.write(bytes)) {
      unread = true;
      return false;
    }
    bulk = bytes == EpollLoop.BUFFER_BYTES;
    return bulk || thorough;
  }

  private boolean splice(EpollSide to) throws IOException {
    EpollPipes.Pipe through = loop.pipes().take();
    if (through == null) {
      return copy(to);
    }
    int bytes;
    try {
      bytes = through.fillFrom(socket);
    } catch (IOException e) {
      loop.pipes().giveBack(through);
      throw e;
    }
    if (bytes == 0) {
      loop.pipes().giveBack(through);
      return thorough && copy(to); // it is the end, or urgent data, which splice does not pass
    }
    session.moved(this, bytes);
    if (!to.write(through)) {
      unread = true;
      return false;
    }
    bulk = bytes >= WORTH_SPLICING;
    return true;
  }

  /** Whether it went out, all that was read into the loop's buffer; what did not is kept. */
  private boolean write(int bytes) {
    if (closed) {
      return false;
    }
    try {
      int written = socket.sendAddress(loop.address(), 0, bytes);
      if (written == bytes) {
        return true;
      }
      DirectMemory.check();
      ByteBuffer left = loop.buffer().limit(bytes).position(written);
      rest = ByteBufAllocator.DEFAULT.directBuffer(bytes - written).writeBytes(left);
      loop.buffer().clear();
      waitForWrite();
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
    return false;
  }

  /** The same for what is in a pipe. */
  private boolean write(EpollPipes.Pipe full) {
    boolean empty = false;
    try {
      empty = !closed && full.emptyInto(socket);
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
    if (empty || closed) {
      loop.pipes().giveBack(full);
      return empty;
    }
    pipe = full;
    waitForWrite();
    return false;
  }

  private void waitForWrite() {
    askForWrite(true);
  }

  boolean isBlocked() {
    return rest != null || pipe != null;
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
    try {
      if (flush() && peer != null) {
        if (peer.inputEnded) {
          peer.passFin(this);
        } else {
          peer.goOn();
        }
      }
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
  }

  /** Whether nothing waits any more. */
  private boolean flush() throws IOException {
    session.touch();
    if (pipe != null) {
      if (!pipe.emptyInto(socket)) {
        return false;
      }
      loop.pipes().giveBack(pipe);
      pipe = null;
    }
    if (rest != null) {
      ByteBuffer bytes = rest.internalNioBuffer(rest.readerIndex(), rest.readableBytes());
      rest.skipBytes(socket.send(bytes, bytes.position(), bytes.limit()));
      if (rest.isReadable()) {
        return false;
      }
      rest.release();
      rest = null;
    }
    return true;
  }

  /** Behind all bytes. */
  private void passFin(EpollSide to) {
    finPassedOn = true;
    if (to.finPassedOn) {
      session.bothEnded();
      return;
    }
    try {
      to.socket.shutdown(false, true);
      session.halfClosed(this);
    } catch (IOException | NotYetConnectedException e) {
      session.broken(to);
    }
  }

  @Override
  void release() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
    if (pipe != null) {
      loop.pipes().giveBack(pipe);
      pipe = null;
    }
  }
}
