package io.jvs.transport.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;

/** A loop that waits with the JDK's selector. On the loop only. */
final class NettyLoop extends SessionLoop {
  private int turn;

  NettyLoop(IoEventLoop executor) {
    super(executor);
  }

  /** Makes it the loop of a channel; done at once when called on it. */
  ChannelFuture register(Channel channel) {
    EventLoop asAll = executor(); // an IoEventLoop deprecates it for its own handles
    return asAll.register(channel);
  }

  /** Counts up for ever, around zero. */
  int nextTurn() {
    return turn++ & Integer.MAX_VALUE;
  }
}
