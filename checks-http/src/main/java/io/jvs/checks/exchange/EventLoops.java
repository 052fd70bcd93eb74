package io.jvs.checks.exchange;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The threads of all checks of this module: daemons, started with the first check and there for as
 * long as the process, as those of the JDK's own asynchronous channels. They never block.
 */
final class EventLoops {
  private static final int THREADS = 2;

  static final EventLoopGroup SHARED =
      new MultiThreadIoEventLoopGroup(
          THREADS,
          new DefaultThreadFactory("jvs-checks-http", /* daemon= */ true),
          NioIoHandler.newFactory());

  private EventLoops() {}
}
