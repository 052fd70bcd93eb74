package io.jvs.transport.tcp;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import org.jspecify.annotations.Nullable;

/**
 * The engine for every Linux: a message is one event, one read into the loop's buffer, one write
 * out of it, and no memory.
 */
final class EpollEngine extends NativeEngine {
  EpollEngine(int threads) {
    super(threads, EpollIoHandler.newFactory(), EpollLoop::new);
  }

  /** Why it does not work on this machine; null if it does. */
  static @Nullable Throwable obstacle() {
    return Epoll.unavailabilityCause();
  }

  @Override
  public String name() {
    return "epoll";
  }
}
