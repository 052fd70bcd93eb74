package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The fast engine of Linux: sockets of its own on Netty's event loops, below Netty's channels.
 *
 * <p>A message costs what the kernel takes for it and little else: one event, one read into the
 * loop's buffer, one write out of it, and no memory. Bulk is spliced. Memory is held for a
 * connection only while one of its sides does not take what the other sends.
 */
final class EpollEngine implements RelayEngine {
  private final MultiThreadIoEventLoopGroup group;
  private final List<EpollLoop> loops = new ArrayList<>();
  private int turn; // control side only: which loop listens next where one is enough

  EpollEngine(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("jvs-tcp"), EpollIoHandler.newFactory());
    WidePipes width = new WidePipes();
    for (EventExecutor executor : group) {
      loops.add(new EpollLoop((IoEventLoop) executor, width));
    }
  }

  /** Why it does not work on this machine; null if it does. */
  static @Nullable Throwable obstacle() {
    return Epoll.unavailabilityCause();
  }

  @Override
  public String name() {
    return "epoll";
  }

  @Override
  public int descriptors() {
    return 2 * EpollPipes.MAX * loops.size();
  }

  @Override
  public Listening listen(
      InetSocketAddress address, int backlog, boolean spread, TcpOptions options, Door door)
      throws IOException {
    return EpollListening.bind(
        spread ? loops : List.of(loops.get(turn++ % loops.size())),
        address,
        backlog,
        options,
        door);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    loops.forEach(EpollLoop::release);
  }
}
