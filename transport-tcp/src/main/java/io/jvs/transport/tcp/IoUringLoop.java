package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Socket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** A loop that waits with io_uring. */
final class IoUringLoop extends NativeLoop {
  /** What is submitted together, at most. */
  static final int RING = 1024;

  private static final int ADDRESS_BYTES = 32; // struct sockaddr_in6 has 28
  private static final short AF_INET = 2; // socket(2), as the next
  private static final short AF_INET6 = 10;

  private final IoUringBuffers buffers = new IoUringBuffers();
  private final ByteBuffer addresses = ByteBuffer.allocateDirect(RING * ADDRESS_BYTES);
  private final long addressesAddress = Buffer.memoryAddress(addresses);
  private @Nullable IoUringClock clock;
  private int turn;

  IoUringLoop(IoEventLoop executor, WidePipes width) {
    super(executor, width);
  }

  @Override
  NativeSide newSide(NativeSession session, Socket socket) {
    return new IoUringSocket(session, this, socket);
  }

  @Override
  NativeAcceptor newAcceptor(RelayEngine.Door door, LinuxSocket socket, InetSocketAddress bound) {
    return new IoUringAcceptor(this, door, socket, bound);
  }

  @Override
  void schedule(Runnable next) {
    IoUringClock present = clock;
    if (present == null) {
      present = new IoUringClock(next, TICK_MILLIS);
      clock = present;
    }
    present.start(this);
  }

  IoUringBuffers buffers() {
    return buffers;
  }

  /**
   * As the kernel reads it, for an operation that is submitted now. The place is used again, but no
   * earlier than a whole ring of operations later, when this one has long been read.
   */
  ByteBuffer socketAddress(InetSocketAddress address) {
    turn = (turn + 1) % RING;
    ByteBuffer out = addresses.duplicate().order(ByteOrder.nativeOrder());
    int start = turn * ADDRESS_BYTES;
    out.position(start);
    byte[] ip = address.getAddress().getAddress();
    out.putShort(ip.length == 4 ? AF_INET : AF_INET6);
    out.order(ByteOrder.BIG_ENDIAN).putShort((short) address.getPort());
    if (address.getAddress() instanceof Inet6Address ipv6) {
      out.putInt(0).put(ip).order(ByteOrder.nativeOrder()).putInt(ipv6.getScopeId());
    } else {
      out.put(ip).putLong(0);
    }
    return out.flip().position(start);
  }

  /** Of a {@link #socketAddress}. */
  long whereIs(ByteBuffer socketAddress) {
    return addressesAddress + socketAddress.position();
  }
}
