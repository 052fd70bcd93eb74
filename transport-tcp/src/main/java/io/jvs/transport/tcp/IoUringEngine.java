package io.jvs.transport.tcp;

import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import org.jspecify.annotations.Nullable;

/**
 * The engine for many messages at a time: what a turn of the loop has to say to the kernel, it says
 * in one call. That makes no difference to one who comes alone.
 */
final class IoUringEngine extends NativeEngine {
  IoUringEngine(int threads) {
    super(
        threads,
        IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setRingSize(IoUringLoop.RING)),
        IoUringLoop::new);
  }

  /** Why it does not work on this machine; null if it does. */
  static @Nullable Throwable obstacle() {
    Throwable calls = EpollEngine.obstacle(); // sockets are made, and bulk is moved, by its library
    return calls != null ? calls : IoUring.unavailabilityCause();
  }

  @Override
  public String name() {
    return "io_uring";
  }
}
