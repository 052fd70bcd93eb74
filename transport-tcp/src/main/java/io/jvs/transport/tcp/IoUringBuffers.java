package io.jvs.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.Errors;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of one loop that are in the hands of the kernel, which takes one for a socket when there
 * is something to be read, and not before: connections that wait have none.
 *
 * <p>Neighbours go back together, as one operation, when the last of them is no longer needed. None
 * is needed for longer than a turn of the loop, so that nobody who is slow can keep them from
 * others. On the loop only.
 */
final class IoUringBuffers implements IoUringIoHandle {
  /** A read that fills this much is bulk. */
  static final int BYTES = 32 * 1024;

  /** There is one group for all. */
  static final short GROUP = 1;

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int NEIGHBOURS = 16;
  private static final int MAX = 16; // of neighbourhoods: 8 MiB

  private final List<Neighbours> all = new ArrayList<>(1);
  private @Nullable IoRegistration registration;
  private boolean full;

  /** What goes back together. */
  private static final class Neighbours {
    final ByteBuffer memory = ByteBuffer.allocateDirect(NEIGHBOURS * BYTES);
    final long address = Buffer.memoryAddress(memory);
    final IoUringIoOps provide;
    int needed; // after they have been provided, so many have not come back

    Neighbours(int first) {
      provide = IoUringOps.provide(GROUP, first, NEIGHBOURS, address, BYTES);
    }
  }

  /** Before anything is received. */
  void start(NativeLoop loop) {
    if (registration == null) {
      registration = loop.executor().register(this).getNow();
      addSome();
    }
  }

  /** There were not enough of them for all who had something to read at the same time. */
  void addSome() {
    if (full) {
      return;
    }
    try {
      Neighbours more = new Neighbours(all.size() * NEIGHBOURS);
      all.add(more);
      full = all.size() == MAX;
      provide(more);
    } catch (OutOfMemoryError e) { // of the JVM's limit for direct memory: then it is enough
      full = true;
      LOG.log(Level.INFO, "tcp: no more than {0} buffers for io_uring", all.size() * NEIGHBOURS);
    }
  }

  private void provide(Neighbours some) {
    if (registration != null) {
      some.needed = NEIGHBOURS;
      registration.submit(some.provide);
    }
  }

  /** It is no longer needed. */
  void giveBack(int buffer) {
    Neighbours some = all.get(buffer / NEIGHBOURS);
    if (--some.needed == 0) {
      provide(some);
    }
  }

  /** Where it begins. */
  long address(int buffer) {
    return all.get(buffer / NEIGHBOURS).address + (long) (buffer % NEIGHBOURS) * BYTES;
  }

  /** Some of its bytes, as a view of its own. */
  ByteBuffer view(int buffer, int from, int to) {
    int start = buffer % NEIGHBOURS * BYTES;
    return all.get(buffer / NEIGHBOURS)
        .memory
        .asReadOnlyBuffer()
        .limit(start + to)
        .position(start + from)
        .slice();
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    int result = ((IoUringIoEvent) event).res();
    if (result < 0) {
      LOG.log(
          Level.ERROR,
          "tcp: io_uring did not take a buffer",
          Errors.newIOException("provide buffers", result));
    }
  }

  /** For Netty, at the end of the loop. */
  @Override
  public void close() {}
}
