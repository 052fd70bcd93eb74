package io.jvs.transport.tcp;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the allocator and the look at {@link DirectMemory} ready before a loop needs them for the
 * first time, for a client that does not read: making them takes a quarter of a second, for which
 * the loop would stand still.
 */
final class NativeWarmth {
  /** Not at once: those who start have better things to do. */
  private static final long DELAY_MILLIS = 300;

  private static final AtomicBoolean SPREAD = new AtomicBoolean();

  private NativeWarmth() {}

  /** Soon, on a thread that ends afterwards. Once in the life of the process. */
  static void spread() {
    if (SPREAD.compareAndSet(false, true)) {
      GlobalEventExecutor.INSTANCE.schedule(
          () -> {
            DirectMemory.check();
            return ByteBufAllocator.DEFAULT.directBuffer(NativeLoop.BUFFER_BYTES).release();
          },
          DELAY_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }
}
