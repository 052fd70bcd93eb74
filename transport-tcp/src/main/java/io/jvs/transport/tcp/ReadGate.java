package io.jvs.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Makes Netty's epoll channels obey back-pressure when the peer has sent its FIN or a reset. Having
 * seen EPOLLRDHUP they read to the end at once, auto-read or not, which may be all of a receive
 * buffer of many megabytes. The buffer for each read comes from here: while auto-read is off there
 * is none, and {@link Shut} ends the loop as any failure would, without harm. It arrives in {@code
 * exceptionCaught}.
 *
 * <p>The selector reads when it is told to and does not need this.
 */
final class ReadGate implements RecvByteBufAllocator {
  private final RecvByteBufAllocator sizes = new AdaptiveRecvByteBufAllocator();
  private final ChannelConfig config;

  ReadGate(ChannelConfig config) {
    this.config = config;
  }

  @Override
  @SuppressWarnings(
      "deprecation") // the interface asks for it; Netty's epoll wants the extended one
  public Handle newHandle() {
    return new Gated((ExtendedHandle) sizes.newHandle());
  }

  private final class Gated extends RecvByteBufAllocator.DelegatingHandle
      implements ExtendedHandle {
    private final ExtendedHandle inner;

    @SuppressWarnings("deprecation")
    Gated(ExtendedHandle inner) {
      super(inner);
      this.inner = inner;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      if (!config.isAutoRead()) {
        throw new Shut();
      }
      return inner.allocate(allocator);
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return inner.continueReading(maybeMoreData);
    }
  }

  /** Costs no stack trace, since it is no surprise. */
  static final class Shut extends RuntimeException {
    private static final long serialVersionUID = 1;

    Shut() {
      super("auto-read is off", null, false, false);
    }
  }
}
