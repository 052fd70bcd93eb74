package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;

/** A loop that waits with epoll. */
final class EpollLoop extends NativeLoop {
  private final ArrayDeque<EpollSocket> closing = new ArrayDeque<>();
  private final Runnable closeAll = this::closeAll;

  EpollLoop(IoEventLoop executor, WidePipes width) {
    super(executor, width);
  }

  @Override
  NativeSide newSide(NativeSession session, Socket socket) {
    return new EpollSocket(session, this, socket);
  }

  @Override
  NativeAcceptor newAcceptor(RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    return new EpollAcceptor(this, door, socket, bound);
  }

  /**
   * {@link EpollSocket#closeSocket}, when the events that have been fetched are dealt with: a new
   * socket could get the number of this one, and the event that was meant for this one.
   */
  void closeSoon(EpollSocket socket) {
    if (closing.isEmpty()) {
      executor().execute(closeAll);
    }
    closing.add(socket);
  }

  private void closeAll() {
    for (EpollSocket socket = closing.poll(); socket != null; socket = closing.poll()) {
      socket.closeSocket();
    }
  }
}
