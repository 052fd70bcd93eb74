package io.jvs.transport.tcp;

import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;

/**
 * Netty's epoll handler for channels that must obey back-pressure at all times. It changes what
 * they ask of epoll in two ways:
 *
 * <ul>
 *   <li>Never EPOLLRDHUP. Having seen it, a channel reads to the end at once, auto-read or not: all
 *       that the kernel has buffered, which may be many megabytes. Without it the end is found by
 *       reading, in its turn.
 *   <li>EPOLLET instead of nothing at all. A channel that asks for nothing is taken out of epoll,
 *       and 4.2.18 does not put it back when it asks for something again (its next epoll_ctl fails
 *       with ENOENT). Edge-triggered, it hears once of a reset, which nobody can opt out of, and
 *       does not wake up for it for ever.
 * </ul>
 */
final class QuietEpoll implements IoHandler {
  private final IoHandler epoll;

  private QuietEpoll(IoHandler epoll) {
    this.epoll = epoll;
  }

  static IoHandlerFactory newFactory() {
    IoHandlerFactory factory = EpollIoHandler.newFactory();
    return executor -> new QuietEpoll(factory.newHandler(executor));
  }

  @Override
  public void initialize() {
    epoll.initialize();
  }

  @Override
  public int run(IoHandlerContext context) {
    return epoll.run(context);
  }

  @Override
  public void prepareToDestroy() {
    epoll.prepareToDestroy();
  }

  @Override
  public void destroy() {
    epoll.destroy();
  }

  @Override
  public void wakeup() {
    epoll.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> type) {
    return epoll.isCompatible(type);
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    return new Quiet(epoll.register(handle));
  }

  private record Quiet(IoRegistration registration) implements IoRegistration {
    @Override
    public long submit(IoOps ops) {
      EpollIoOps wanted = ((EpollIoOps) ops).without(EpollIoOps.EPOLLRDHUP);
      return registration.submit(wanted.value() == 0 ? EpollIoOps.EPOLLET : wanted);
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // Netty's interface
    public <T> T attachment() {
      return registration.attachment();
    }

    @Override
    public boolean isValid() {
      return registration.isValid();
    }

    @Override
    public boolean cancel() {
      return registration.cancel();
    }
  }
}
