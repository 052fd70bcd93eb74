package io.jvs.transport.tcp;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.unix.Buffer;
import io.netty.channel.uring.IoUringIoEvent;
import io.netty.channel.uring.IoUringIoHandle;
import io.netty.channel.uring.IoUringIoOps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task after a time. For a task in its own schedule Netty would give the kernel a timeout
 * with each wait, and take it back with each message; this one is set once. On the loop only.
 */
final class IoUringClock implements IoUringIoHandle {
  private static final int TIMESPEC_BYTES = 16; // struct __kernel_timespec: seconds, nanoseconds

  private final Runnable task;
  private final ByteBuffer time = ByteBuffer.allocateDirect(TIMESPEC_BYTES);
  private final IoUringIoOps timeout;
  private @Nullable IoRegistration registration;
  private long waiting;

  IoUringClock(Runnable task, long millis) {
    this.task = task;
    time.order(ByteOrder.nativeOrder())
        .putLong(0)
        .putLong(TimeUnit.MILLISECONDS.toNanos(millis)); // less than a second
    timeout = IoUringOps.timeout(Buffer.memoryAddress(time));
  }

  /** The task runs once, when the time is over; not to be called again before. */
  void start(NativeLoop loop) {
    if (registration == null) {
      registration = loop.executor().register(this).getNow();
    }
    if (registration != null) { // else the loop is shutting down
      waiting = registration.submit(timeout);
    }
  }

  @Override
  public void handle(IoRegistration from, IoEvent event) {
    IoUringIoEvent done = (IoUringIoEvent) event;
    if (done.opcode() == IoUringOps.TIMEOUT && done.res() == -IoUringOps.ETIME) {
      task.run();
    }
  }

  /** For Netty, at the end of the loop, which would wait for it. */
  @Override
  public void close() {
    if (registration != null) {
      registration.submit(IoUringOps.cancel(waiting));
      registration.cancel();
    }
  }
}
