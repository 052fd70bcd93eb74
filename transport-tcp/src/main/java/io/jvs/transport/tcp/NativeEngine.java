package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * An engine of Linux: sockets of its own on Netty's event loops, below Netty's channels.
 *
 * <p>A message costs what the kernel takes for it and little else. Bulk is spliced. Memory is held
 * for a connection only while one of its sides does not take what the other sends.
 */
abstract class NativeEngine implements RelayEngine {
  private final MultiThreadIoEventLoopGroup group;
  private final List<NativeLoop> loops = new ArrayList<>();
  private int turn; // control side only: which loop listens next where one is enough

  NativeEngine(
      int threads, IoHandlerFactory waiting, BiFunction<IoEventLoop, WidePipes, NativeLoop> loop) {
    group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("jvs-tcp"), waiting);
    WidePipes width = new WidePipes();
    for (EventExecutor executor : group) {
      loops.add(loop.apply((IoEventLoop) executor, width));
    }
  }

  @Override
  public int descriptors() {
    return 2 * NativePipes.MAX * loops.size();
  }

  @Override
  public Listening listen(
      InetSocketAddress address, int backlog, boolean spread, TcpOptions options, Door door)
      throws IOException {
    return NativeListening.bind(
        spread ? loops : List.of(loops.get(turn++ % loops.size())),
        address,
        backlog,
        options,
        door);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    loops.forEach(NativeLoop::release);
  }
}
