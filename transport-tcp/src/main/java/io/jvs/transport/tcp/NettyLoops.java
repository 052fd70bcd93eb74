package io.jvs.transport.tcp;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The event loops of an engine, all made by Netty. They are made when the first is asked for: an
 * engine that is only asked what it can do opens no descriptor. Control side only, but for {@link
 * #all} once there are some.
 */
final class NettyLoops<L> {
  private final int threads;
  private final IoHandlerFactory waiting;
  private final Function<IoEventLoop, L> loop;
  private @Nullable MultiThreadIoEventLoopGroup group;
  private volatile List<L> loops = List.of();
  private int turn;

  /**
   * @param threads how many there will be
   * @param waiting how they wait for sockets
   * @param loop what an engine has for each
   */
  NettyLoops(int threads, IoHandlerFactory waiting, Function<IoEventLoop, L> loop) {
    this.threads = threads;
    this.waiting = waiting;
    this.loop = loop;
  }

  int threads() {
    return threads;
  }

  List<L> all() {
    if (loops.isEmpty()) {
      MultiThreadIoEventLoopGroup made =
          new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("jvs-tcp"), waiting);
      try {
        List<L> all = new ArrayList<>(threads);
        for (EventExecutor executor : made) {
          all.add(loop.apply((IoEventLoop) executor));
        }
        group = made;
        loops = List.copyOf(all);
      } catch (RuntimeException | Error e) { // no memory for what each has
        made.shutdownGracefully(0, 5, TimeUnit.SECONDS);
        throw e;
      }
    }
    return loops;
  }

  /** One after the other, where one is enough. */
  L next() {
    return all().get(turn++ % threads);
  }

  /** Returns when they have ended; at once if there are none. */
  void close() {
    if (group != null) {
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
