package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.BiFunction;

/**
 * An engine of Linux: sockets of its own on Netty's event loops, below Netty's channels.
 *
 * <p>A message costs what the kernel takes for it and little else. Bulk is spliced. Memory is held
 * for a connection only while one of its sides does not take what the other sends.
 */
abstract class NativeEngine implements RelayEngine {
  private final NettyLoops<NativeLoop> loops;
  private boolean used; // control side only

  NativeEngine(
      int threads, IoHandlerFactory waiting, BiFunction<IoEventLoop, WidePipes, NativeLoop> loop) {
    WidePipes width = new WidePipes();
    loops = new NettyLoops<>(threads, waiting, executor -> loop.apply(executor, width));
  }

  @Override
  public int descriptors() {
    return 2 * NativePipes.MAX * loops.threads();
  }

  @Override
  public Listening listen(
      InetSocketAddress address, int backlog, boolean spread, TcpOptions options, Door door)
      throws IOException {
    if (!used) {
      used = true;
      NativeWarmth.spread();
    }
    return NativeListening.bind(
        spread ? loops.all() : List.of(loops.next()), address, backlog, options, door);
  }

  @Override
  public void close() {
    loops.close();
    if (used) {
      loops.all().forEach(NativeLoop::release);
    }
  }
}
