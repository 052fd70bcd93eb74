package io.jvs.transport.tcp;

import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The portable engine: Netty's channels and pipelines on the JDK's selector. One loop accepts for
 * all; a connection stays on the loop that it was dealt to.
 */
final class NettyEngine implements RelayEngine {
  private final NettyLoops<NettyLoop> loops;

  NettyEngine(int threads) {
    this.loops = new NettyLoops<>(threads, NioIoHandler.newFactory(), NettyLoop::new);
  }

  @Override
  public String name() {
    return "nio";
  }

  @Override
  public int descriptors() {
    return 0;
  }

  @Override
  public @Nullable String objection(TcpOptions options) {
    return NettySetup.objection(options);
  }

  @Override
  public void check(TcpOptions options, boolean ipv6) throws IOException {
    NettySetup.check(options);
  }

  @Override
  public Listening listen(
      InetSocketAddress address, int backlog, boolean spread, TcpOptions options, Door door)
      throws IOException {
    NettyListening listening = new NettyListening(this, backlog, options, door);
    try {
      listening.bind(address, loops.next());
      return listening;
    } catch (IOException | RuntimeException e) {
      listening.close();
      throw e;
    }
  }

  @Override
  public void close() {
    loops.close();
  }

  /** The loop for a client that this loop has accepted. Called by that loop. */
  NettyLoop loopFor(NettyLoop acceptor) {
    return loops.all().get(acceptor.nextTurn() % loops.threads());
  }

  /**
   * Waits until the loops have done what they were given before: a client may be on its way from
   * the loop that accepted it to its own, and the JDK closes a socket only at its selector's next
   * round, which comes before what is due then.
   */
  void settle() {
    loops.all().stream()
        .map(loop -> loop.executor().schedule(() -> {}, 1, TimeUnit.MILLISECONDS))
        .toList()
        .forEach(Future::awaitUninterruptibly);
  }

  /** Of the family of the address; the JDK's IPv6 sockets always take IPv4 too. */
  ServerChannel newServerChannel(InetSocketAddress address) {
    boolean ipv6 = address.getAddress() instanceof Inet6Address;
    return new NioServerSocketChannel(
        SelectorProvider.provider(), ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET);
  }

  /**
   * @throws io.netty.channel.ChannelException if there is no descriptor left
   */
  SocketChannel newSocketChannel() {
    return new NioSocketChannel();
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
