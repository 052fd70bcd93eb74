package io.jvs.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A listening socket with epoll, level-triggered. */
final class EpollAcceptor extends NativeAcceptor implements EpollIoHandle {

  /** To be registered and hear of nothing; {@link EpollIoOps#NONE} would be for ever. */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

  private @Nullable IoRegistration registration;
  private boolean accepting;

  EpollAcceptor(
      EpollLoop loop, RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    super(loop, door, socket, bound);
  }

  @Override
  void accept(boolean accept) {
    if (accept == accepting) {
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
    acceptPresent();
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  void stop(Promise<Void> closed) {
    close();
    if (registration != null) {
      registration.cancel();
    }
    closed.setSuccess(null);
  }

  /** For Netty, at the end of the loop. */
  @Override
  public void close() {
    NativeClosing.close(socket);
  }
}
