package io.jvs.transport.tcp;

import io.jvs.transport.listening.SystemReasons;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a pair with io_uring: from being registered to its end.
 *
 * <p>The kernel is told what to do and says when it is done. A message is received into a buffer of
 * the loop and sent out of it; the buffer goes back at once, since sending does not wait: what was
 * not taken is kept apart. Bulk is spliced as with epoll, by calls of ours, when a poll has said
 * that there is something.
 *
 * <p>What the kernel has been told to do has the number of the socket's descriptor in it, so the
 * socket is closed when nothing is left to be done; what waits is cancelled. While nothing is
 * received, for whatever reason, a poll for errors hears of resets; sessions are looked after
 * first, so that those in a hurry need none.
 */
final class IoUringSocket extends NativeSide implements IoUringIoHandle {

  private static final int IN = 1; // which poll has come
  private static final int OUT = 2;
  private static final int ERRORS = 3;
  private static final long NONE = 0;

  private final IoUringLoop ring;
  private @Nullable IoRegistration registration;
  private @Nullable IoUringIoOps receiveLater; // always the same
  private long receiving = NONE; // what is being done, by the numbers that Netty gave, as the next
  private long connects = NONE;
  private long pollsIn = NONE;
  private long pollsOut = NONE;
  private long pollsErrors = NONE;
  private int inFlight; // all of it
  private int received; // buffer
  private boolean sending;
  private int sent; // buffer
  private int sentBytes;
  private boolean silent; // nobody has asked it yet
  private boolean resets;
  private boolean gone;

  IoUringSocket(NativeSession session, IoUringLoop loop, Socket socket) {
    super(session, loop, socket);
    this.ring = loop;
  }

  @Override
  boolean connect(InetSocketAddress address) {
    connecting = true;
    silent = true;
    register();
    ByteBuffer to = ring.socketAddress(address);
    connects = submit(IoUringOps.connect(fd(), ring.whereIs(to), to.remaining()));
    return false;
  }

  @Override
  void listen() {
    register();
    goOn();
  }

  private void register() {
    IoRegistration registered = loop.executor().register(this).getNow(); // we are on the loop: done
    if (registered == null) {
      throw new IllegalStateException("the loop is shutting down");
    }
    registration = registered;
  }

  private int fd() {
    return socket.intValue();
  }

  private long submit(IoUringIoOps operation) {
    IoRegistration to = registration;
    if (to == null) {
      throw new IllegalStateException("not registered");
    }
    inFlight++;
    return to.submit(operation);
  }

  private long poll(int events, int which) {
    return submit(IoUringOps.poll(fd(), events, which));
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    inFlight--;
    try {
      switch (done.opcode()) {
        case IoUringOps.RECV -> received(done.res(), done.flags());
        case IoUringOps.SEND -> sent(done.res());
        case IoUringOps.POLL_ADD -> polled((int) done.userData(), done.res());
        case IoUringOps.CONNECT -> connected(done.res());
        default -> {} // a cancellation
      }
    } catch (RuntimeException | Error e) { // Netty would stop the loop for a while
      session.fault(e);
    }
    if (closed && inFlight == 0) {
      closeSocket();
    }
  }

  private void connected(int result) {
    connects = NONE;
    if (closed) {
      return;
    }
    connecting = false;
    if (result < 0) {
      session.connectFailed(SystemReasons.of(Errors.newIOException("connect", result)), false);
    } else {
      session.serverConnected(this);
    }
  }

  @Override
  void goOn() {
    if (registration == null || closed || inputEnded || receiving != NONE || pollsIn != NONE) {
      return;
    }
    NativeSide to = peer;
    if (to == null) {
      lookOn();
    } else if (to.isBlocked()) {
      return;
    } else if (bulk) {
      spliceOn(to);
    } else if (silent) {
      silent = false;
      receiveLater();
    } else {
      receive();
    }
  }

  /** A look takes some of what there is and no more, so it reads by calls of its own. */
  private void lookOn() {
    look();
    if (peer == null && !closed && !inputEnded && pollsIn == NONE && session.wanted() > 0) {
      pollsIn = poll(IoUringOps.POLLIN, IN);
    }
  }

  private void receive() {
    receiving = submit(IoUringOps.receive(fd(), IoUringBuffers.GROUP, false));
  }

  private void receiveOn(int flags) {
    if (IoUringOps.hasMore(flags)) {
      receive();
    } else {
      receiveLater();
    }
  }

  private void receiveLater() {
    IoUringIoOps operation = receiveLater;
    if (operation == null) {
      operation = IoUringOps.receive(fd(), IoUringBuffers.GROUP, true);
      receiveLater = operation;
    }
    receiving = submit(operation);
  }

  private void received(int result, int flags) {
    int buffer = IoUringOps.buffer(flags);
    receiving = NONE;
    boolean taken = false;
    try {
      if (closed || !(peer instanceof IoUringSocket to)) {
        return; // it has been read for nobody
      }
      if (result > 0) {
        received = buffer;
        session.moved(this, result);
        taken = to.send(buffer, result);
        bulk = fills(result);
        if (!bulk && !closed && !to.keeps()) {
          receiveOn(flags); // together with the sending of what has come
        }
      } else if (result == 0) {
        inputEnded = true;
        if (!to.isBlocked()) {
          passFin(to);
        }
      } else if (result == -IoUringOps.ENOBUFS) {
        ring.buffers().addSome();
        loop.goOnLater(this);
      } else {
        session.broken(this);
      }
    } finally {
      if (buffer >= 0 && !taken) {
        ring.buffers().giveBack(buffer);
      }
    }
  }

  @Override
  ByteBuffer view(int bytes) {
    return ring.buffers().view(received, 0, bytes);
  }

  @Override
  boolean fills(int bytes) {
    return bytes == IoUringBuffers.BYTES;
  }

  /** Whether the buffer has been taken; it is given back from here then. */
  private boolean send(int buffer, int bytes) {
    if (closed) {
      return false;
    }
    if (keeps()) {
      keep(ring.buffers().view(buffer, 0, bytes));
      return false;
    }
    if (sending) { // what is received after a sending was submitted comes after its result
      throw new IllegalStateException("two messages at a time");
    }
    sending = true;
    sent = buffer;
    sentBytes = bytes;
    submit(IoUringOps.send(fd(), ring.buffers().address(buffer), bytes));
    return true;
  }

  private void sent(int result) {
    sending = false;
    int taken = result == -IoUringOps.EAGAIN ? 0 : result;
    try {
      if (!closed && taken >= 0 && taken < sentBytes) {
        keep(ring.buffers().view(sent, taken, sentBytes));
        waitForWrite();
      }
    } finally {
      ring.buffers().giveBack(sent);
    }
    if (closed) {
      return;
    }
    if (taken < 0) {
      session.broken(this);
    } else if (taken == sentBytes) {
      roomAgain();
    }
  }

  @Override
  boolean isBlocked() {
    return sending || keeps();
  }

  /** Until there is nothing more, or the other side does not take it. */
  private void spliceOn(NativeSide to) {
    boolean announced = unread;
    unread = false;
    try {
      for (int round = 0; round < ROUNDS; round++) {
        if (!splice(to)) {
          if (closed || inputEnded || to.isBlocked()) {
            return;
          }
          if (bulk && !(announced && round == 0)) {
            pollsIn = poll(IoUringOps.POLLIN, IN);
          } else { // little, or the end, or urgent data, of which receiving knows
            bulk = false;
            receive();
          }
          return;
        }
      }
      loop.goOnLater(this);
    } catch (IOException | NotYetConnectedException e) {
      session.broken(this);
    } catch (RuntimeException | Error e) {
      session.fault(e);
    }
  }

  private void polled(int which, int result) {
    switch (which) {
      case IN -> pollsIn = NONE;
      case OUT -> pollsOut = NONE;
      default -> pollsErrors = NONE;
    }
    if (closed) {
      return;
    }
    switch (which) {
      case IN -> {
        unread = true;
        goOn();
      }
      case OUT -> {
        unblock();
        if (!closed && keeps()) {
          waitForWrite();
        }
      }
      default -> {
        if (result > 0 && (result & IoUringOps.POLLERR) != 0) { // the end of both ways is none
          session.broken(this);
        }
      }
    }
  }

  @Override
  void waitForWrite() {
    if (pollsOut == NONE) {
      pollsOut = poll(IoUringOps.POLLOUT, OUT);
    }
  }

  @Override
  void lookAfter() {
    if (registration != null
        && !closed
        && receiving == NONE
        && connects == NONE
        && pollsErrors == NONE) {
      pollsErrors = poll(0, ERRORS);
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
    if (inFlight == 0) {
      closeSocket();
      return;
    }
    cancel(receiving);
    cancel(connects);
    cancel(pollsIn);
    cancel(pollsOut);
    cancel(pollsErrors);
  }

  private void cancel(long operation) {
    if (operation != NONE) {
      submit(IoUringOps.cancel(operation));
    }
  }

  /** Once only: the number of its descriptor may be somebody else's afterwards. */
  private void closeSocket() {
    if (gone) {
      return;
    }
    gone = true;
    if (resets) {
      NativeClosing.reset(socket);
    } else {
      close();
    }
    if (registration != null) {
      registration.cancel();
    }
  }

  /** Also for Netty, at the end of the loop. */
  @Override
  public void close() {
    NativeClosing.close(socket);
  }
}
