package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** An event loop and what its connections share: a buffer and pipes. On the loop only. */
abstract class NativeLoop extends SessionLoop {
  /** Of the buffer that everything which is not spliced goes through. */
  static final int BUFFER_BYTES = 64 * 1024;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long address = Buffer.memoryAddress(buffer);
  private final NativePipes pipes;
  private final ArrayDeque<NativeSide> unfinished = new ArrayDeque<>();
  private final Runnable goOn = this::goOn;
  private boolean goingOn;

  NativeLoop(IoEventLoop executor, WidePipes width) {
    super(executor);
    this.pipes = new NativePipes(width);
  }

  /** A side of a session around a socket that is not heard of yet. */
  abstract NativeSide newSide(NativeSession session, Socket socket);

  /** Around a socket that listens; it accepts nobody yet. Any thread. */
  abstract NativeAcceptor newAcceptor(
      RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound);

  /** Read into and written from within one call, so one is enough for all. */
  final ByteBuffer buffer() {
    return buffer;
  }

  /** Where the {@link #buffer} is. */
  final long address() {
    return address;
  }

  final NativePipes pipes() {
    return pipes;
  }

  /** {@link NativeSide#goOn}, after all others have had their turn. */
  final void goOnLater(NativeSide side) {
    unfinished.add(side);
    if (!goingOn) {
      goingOn = true;
      executor().execute(goOn);
    }
  }

  private void goOn() {
    goingOn = false; // those that are not finished this time come back in a new round
    for (int present = unfinished.size(); present > 0; present--) {
      unfinished.remove().goOn();
    }
  }

  /** The loop has ended. */
  void release() {
    pipes.close();
  }
}
