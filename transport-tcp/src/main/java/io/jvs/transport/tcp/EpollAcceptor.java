package io.jvs.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A listening socket with epoll, level-triggered. */
final class EpollAcceptor extends NativeAcceptor implements EpollIoHandle {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Clients at a time: sockets that have been closed just now are only gone afterwards. */
  private static final int AT_ONCE = 16;

  /** To be registered and hear of nothing; {@link EpollIoOps#NONE} would be for ever. */
  private static final EpollIoOps NOTHING = EpollIoOps.EPOLLET;

  private final byte[] address = new byte[25]; // length, address, scope, port
  private @Nullable IoRegistration registration;
  private boolean accepting;

  EpollAcceptor(
      EpollLoop loop,
      RelayEngine.Door door,
      LinuxSocket socket,
      @Nullable InetSocketAddress local) {
    super(loop, door, socket, local);
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

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  void stop(Promise<Void> closed) {
    accepting = false;
    close();
    if (registration != null) {
      registration.cancel();
    }
    closed.setSuccess(null);
  }

  /** For Netty, at the end of the loop. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing a listening socket", e);
    }
  }
}
