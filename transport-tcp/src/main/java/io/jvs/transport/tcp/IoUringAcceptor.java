package io.jvs.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket with io_uring. One client is waited for at a time, so that the door can close
 * behind each; if it closes while one is waited for, that one may yet come in.
 */
final class IoUringAcceptor extends NativeAcceptor implements IoUringIoHandle {
  private static final short AF_INET6 = 10; // socket(2)
  private static final int LENGTH_AT = 28; // behind struct sockaddr_in6
  private static final long NONE = 0;

  private final IoUringLoop ring;
  private final ByteBuffer address = ByteBuffer.allocateDirect(LENGTH_AT + Integer.BYTES);
  private final IoUringIoOps accept;
  private @Nullable IoRegistration registration;
  private @Nullable Promise<Void> closed; // wanted
  private long accepting = NONE;
  private boolean cancelled;

  IoUringAcceptor(
      IoUringLoop loop, RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    super(loop, door, socket, bound);
    this.ring = loop;
    long memory = Buffer.memoryAddress(address);
    this.accept = IoUringOps.accept(socket.intValue(), memory, memory + LENGTH_AT);
  }

  @Override
  void accept(boolean more) {
    if (registration == null) {
      ring.buffers().start(loop);
      registration = loop.executor().register(this).getNow();
    }
    if (registration == null) {
      return;
    }
    if (more && accepting == NONE) {
      address.order(ByteOrder.nativeOrder()).putInt(LENGTH_AT, LENGTH_AT);
      accepting = registration.submit(accept);
    } else if (!more && accepting != NONE && !cancelled) {
      cancelled = true;
      registration.submit(IoUringOps.cancel(accepting));
    }
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    if (done.opcode() != IoUringOps.ACCEPT) {
      return;
    }
    accepting = NONE;
    cancelled = false;
    try {
      if (done.res() >= 0) {
        door.acceptWorked();
        arrived(new Socket(done.res()), client());
        if (IoUringOps.hasMore(done.flags())) { // one by one would be one turn each
          acceptPresent();
        }
      } else if (done.res() != -IoUringOps.ECANCELED && done.res() != -IoUringOps.ECONNABORTED) {
        throw Errors.newIOException("accept", done.res());
      }
      update();
    } catch (IOException | UncheckedIOException e) {
      failed(e);
    }
    Promise<Void> told = closed;
    if (told != null) {
      close();
      told.setSuccess(null);
    }
  }

  private InetSocketAddress client() throws UnknownHostException {
    ByteBuffer in = address.duplicate().order(ByteOrder.nativeOrder());
    boolean ipv6 = in.getShort() == AF_INET6;
    int port = Short.toUnsignedInt(in.order(ByteOrder.BIG_ENDIAN).getShort());
    byte[] ip = new byte[ipv6 ? 16 : 4];
    in.position(ipv6 ? 8 : 4).get(ip);
    int scope = ipv6 ? in.order(ByteOrder.nativeOrder()).getInt() : 0;
    return new InetSocketAddress(
        scope == 0 ? InetAddress.getByAddress(ip) : Inet6Address.getByAddress(null, ip, scope),
        port);
  }

  @Override
  void stop(Promise<Void> whenClosed) {
    if (accepting == NONE) {
      close();
      whenClosed.setSuccess(null);
    } else {
      closed = whenClosed;
      accept(false);
    }
  }

  /** Also for Netty, at the end of the loop. */
  @Override
  public void close() {
    NativeClosing.close(socket);
    if (registration != null) {
      registration.cancel();
    }
  }
}
