package io.jvs.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * One socket of a pair: what it reads the other writes, at once. What the other does not take waits
 * here for the other, and meanwhile nothing more is read. How it hears that there is something to
 * be read, or room to write, is the engine's business.
 */
abstract class NativeSide {
  /** Reads of one side before it is the turn of others. */
  static final int ROUNDS = 4;

  /** Splicing less than this at a time costs more than copying it. */
  private static final int WORTH_SPLICING = 4096;

  final NativeSession session;
  final NativeLoop loop;
  final Socket socket;
  @Nullable NativeSide peer; // null until both are connected
  boolean connecting;
  boolean closed; // or about to be
  boolean unread; // there may be something to read, and no event will say so again
  boolean thorough; // a short read does not mean that there is nothing left
  boolean bulk; // splice
  boolean inputEnded;
  private @Nullable ByteBuf rest; // for this socket, which did not take it; or
  private NativePipes.@Nullable Pipe pipe; // the same
  private boolean finPassedOn;

  NativeSide(NativeSession session, NativeLoop loop, Socket socket) {
    this.session = session;
    this.loop = loop;
    this.socket = socket;
  }

  /**
   * Whether it was connected at once; otherwise the session hears of it.
   *
   * @throws IOException if it was refused at once
   * @throws UncheckedIOException if the kernel watches no more sockets
   */
  abstract boolean connect(InetSocketAddress address) throws IOException;

  /**
   * Hears of everything from now on.
   *
   * @throws UncheckedIOException if the kernel watches no more sockets
   */
  abstract void listen();

  /** Reads on, if there is something and the other side can take it. */
  abstract void goOn();

  /** Something waits for this socket to take it: {@link #flush}, as soon as it does. */
  abstract void waitForWrite();

  /** Closes it soon; with a reset, or as usual. Nothing is heard of it any more. */
  abstract void close(boolean withReset);

  /** Now and then, first some tenths of a second after it has come or something has happened. */
  void lookAfter() {}

  /** Before it is connected: what goes out first, in turn; null for nothing. */
  final void sayFirst(@Nullable ByteBuffer bytes) {
    if (bytes != null && !closed) {
      keep(bytes.duplicate());
    }
  }

  /** Connected: says what it is to say first; meanwhile nobody else can write to it. */
  final void begin() {
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
  final void relayTo(NativeSide newPeer) {
    peer = newPeer;
    if (inputEnded && !closed && !newPeer.isBlocked()) { // before there was a peer
      passFin(newPeer);
    } else {
      goOn();
    }
  }

  /** A view of what has been read just now, so that whoever looks at it may move its marks. */
  ByteBuffer view(int bytes) {
    return loop.buffer().asReadOnlyBuffer().limit(bytes);
  }

  /** Whether what has been read just now is all that a read can take, so that bulk may follow. */
  boolean fills(int bytes) {
    return bytes == NativeLoop.BUFFER_BYTES;
  }

  /** Reads what somebody wants to see of it before it has a peer, and no more. */
  final void look() {
    try {
      int wanted = session.wanted();
      while (wanted > 0 && unread && !closed && !inputEnded) {
        int most = Math.min(wanted, NativeLoop.BUFFER_BYTES);
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
  final boolean copy(NativeSide to) throws IOException {
    int bytes = socket.recvAddress(loop.address(), 0, NativeLoop.BUFFER_BYTES);
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
    bulk = bytes == NativeLoop.BUFFER_BYTES;
    return bulk || thorough;
  }

  final boolean splice(NativeSide to) throws IOException {
    NativePipes.Pipe through = loop.pipes().take();
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
      keep(loop.buffer().limit(bytes).position(written));
      loop.buffer().clear();
      waitForWrite();
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
    return false;
  }

  /** The same for what is in a pipe. */
  private boolean write(NativePipes.Pipe full) {
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

  /** Until the socket takes them. */
  final void keep(ByteBuffer bytes) {
    DirectMemory.check();
    if (rest == null) {
      rest = ByteBufAllocator.DEFAULT.directBuffer(bytes.remaining());
    }
    rest.writeBytes(bytes);
  }

  /** Whether anything waits for the socket to take it. */
  final boolean keeps() {
    return rest != null || pipe != null;
  }

  /** Whether the other side must wait. */
  boolean isBlocked() {
    return keeps();
  }

  /** The socket takes bytes again: those that wait, and then more. */
  final void unblock() {
    try {
      if (flush()) {
        roomAgain();
      }
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    }
  }

  final void roomAgain() {
    if (peer != null) {
      if (peer.inputEnded) {
        peer.passFin(this);
      } else {
        peer.goOn();
      }
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
  final void passFin(NativeSide to) {
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

  /** Gives back what it holds; it is about to be closed. */
  final void release() {
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
