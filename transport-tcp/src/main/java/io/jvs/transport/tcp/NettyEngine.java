package io.jvs.transport.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The portable engine: Netty's channels and pipelines, on epoll or on the JDK's selector. A
 * connection stays on the loop that accepted it. With epoll every loop has a listening socket of
 * its own (SO_REUSEPORT); with the selector one loop accepts for all.
 */
final class NettyEngine implements RelayEngine {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int IPPROTO_IPV6 = 41;
  private static final ChannelOption<Integer> IPV6_V6ONLY =
      new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 26);

  private final boolean epoll;
  private final MultiThreadIoEventLoopGroup group;
  private final List<NettyLoop> loops = new ArrayList<>();
  private int turn; // control side only: which loop listens next where one is enough

  private NettyEngine(boolean epoll, int threads) {
    this.epoll = epoll;
    IoHandlerFactory io = epoll ? QuietEpoll.newFactory() : NioIoHandler.newFactory();
    this.group = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("jvs-tcp"), io);
    for (EventExecutor executor : group) {
      loops.add(new NettyLoop((EventLoop) executor));
    }
  }

  /**
   * @throws IllegalStateException if it does not work on this machine
   */
  static NettyEngine of(TcpEngine engine, int threads) {
    return switch (engine) {
      case AUTO -> {
        if (!Epoll.isAvailable()) {
          LOG.log(
              Level.INFO,
              "tcp: epoll does not work here, so the JDK''s selector carries connections: {0}",
              Epoll.unavailabilityCause());
        }
        yield new NettyEngine(Epoll.isAvailable(), threads);
      }
      case NIO -> new NettyEngine(false, threads);
      case EPOLL -> {
        if (!Epoll.isAvailable()) {
          throw new IllegalStateException(
              "tcp: engine EPOLL does not work here (expected: Linux with"
                  + " netty-transport-native-epoll for this processor; NIO works everywhere)",
              Epoll.unavailabilityCause());
        }
        yield new NettyEngine(true, threads);
      }
    };
  }

  @Override
  public String name() {
    return epoll ? "epoll" : "nio";
  }

  @Override
  public Listening listen(InetSocketAddress address, int backlog, boolean spread, Door door)
      throws IOException {
    NettyListening listening = new NettyListening(this, backlog, door);
    try {
      if (epoll && spread) {
        for (NettyLoop loop : loops) {
          listening.bind(address, loop, true);
        }
      } else {
        listening.bind(address, loops.get(turn++ % loops.size()), false);
      }
      return listening;
    } catch (IOException | RuntimeException e) {
      listening.close();
      throw e;
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /** The loop for a client that this loop has accepted. Called by that loop. */
  NettyLoop loopFor(NettyLoop acceptor) {
    return epoll ? acceptor : loops.get(acceptor.nextTurn() % loops.size());
  }

  /**
   * Waits until the loops have done what they were given before: with the selector a client may be
   * on its way from the loop that accepted it to its own, and the JDK closes a socket only at its
   * selector's next round, which comes before what is due then.
   */
  void settle() {
    if (!epoll) {
      loops.stream()
          .map(loop -> loop.executor().schedule(() -> {}, 1, TimeUnit.MILLISECONDS))
          .toList()
          .forEach(Future::awaitUninterruptibly);
    }
  }

  boolean isEpoll() {
    return epoll;
  }

  /** Of the family of the address, so that 0.0.0.0 and [::] can be different services. */
  ServerChannel newServerChannel(InetSocketAddress address) {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    SocketProtocolFamily family = ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
    if (!epoll) { // the JDK's IPv6 sockets always take IPv4 too
      return new NioServerSocketChannel(SelectorProvider.provider(), family);
    }
    EpollServerSocketChannel channel = new EpollServerSocketChannel(family);
    if (ipv6) {
      channel.config().setOption(IPV6_V6ONLY, 1);
    }
    return channel;
  }

  /**
   * @throws io.netty.channel.ChannelException if there is no descriptor left
   */
  SocketChannel newSocketChannel() {
    return epoll ? new EpollSocketChannel() : new NioSocketChannel();
  }

  /** Why a channel that has just been worked with failed; the checked one inside Netty's. */
  static IOException asIo(@Nullable Throwable failure) {
    if (failure instanceof IOException io) {
      return io;
    }
    if (failure != null && failure.getCause() instanceof IOException io) {
      return io;
    }
    return new IOException(String.valueOf(failure), failure);
  }

  /** Without the unregistered channel's events, which nobody waits for. */
  static void discard(Channel channel) {
    channel.unsafe().closeForcibly();
  }
}
