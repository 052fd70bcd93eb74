package io.jvs.transport.tcp;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One address, listened on by one socket; its loop deals clients out to all loops. */
final class NettyListening implements RelayEngine.Listening {
  /** How long accepting rests after a failure: long enough not to spin, short for a client. */
  private static final long REST_MILLIS = 200;

  private final NettyEngine engine;
  private final int backlog;
  private final RelayEngine.Door door;
  private volatile TcpOptions options;
  private @Nullable Acceptor acceptor; // set before start

  NettyListening(NettyEngine engine, int backlog, TcpOptions options, RelayEngine.Door door) {
    this.engine = engine;
    this.backlog = backlog;
    this.options = options;
    this.door = door;
  }

  void bind(InetSocketAddress address, NettyLoop loop) throws IOException {
    ServerChannel channel;
    try {
      channel = engine.newServerChannel(address);
    } catch (ChannelException e) {
      throw NettyEngine.asIo(e);
    }
    Acceptor newAcceptor = new Acceptor(channel, loop);
    channel.config().setAutoRead(false); // until all listeners are bound
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, backlog);
    channel.pipeline().addLast(newAcceptor);
    ChannelFuture registered = loop.register(channel).awaitUninterruptibly();
    if (!registered.isSuccess()) {
      NettyEngine.discard(channel);
      throw NettyEngine.asIo(registered.cause());
    }
    acceptor = newAcceptor;
    ChannelFuture bound = channel.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw NettyEngine.asIo(bound.cause());
    }
  }

  @Override
  public int sockets() {
    return 1;
  }

  @Override
  public void start() {
    Acceptor bound = acceptor;
    if (bound != null) {
      bound.loop.executor().execute(bound::start);
    }
  }

  /** All but the backlog is given to clients one by one; IPv6 is dual anyway, see NettyEngine. */
  @Override
  public boolean canAdjust(TcpOptions from, TcpOptions to) {
    return from.listening().backlog() == to.listening().backlog();
  }

  @Override
  public void adjust(int newBacklog, TcpOptions from, TcpOptions to) {
    options = to;
  }

  @Override
  public void recheck() {
    Acceptor bound = acceptor;
    if (bound == null) {
      return;
    }
    if (bound.loop.executor().inEventLoop()) {
      bound.update(); // at once, so that the batch that is being accepted ends here
    } else {
      bound.loop.executor().execute(bound::update);
    }
  }

  @Override
  public void close() {
    if (acceptor != null) {
      acceptor.channel.close().awaitUninterruptibly();
    }
    engine.settle();
  }

  /** Accepts on one loop. */
  private final class Acceptor extends ChannelInboundHandlerAdapter {
    private final ServerChannel channel;
    private final NettyLoop loop;
    private boolean started;
    private boolean resting;

    Acceptor(ServerChannel channel, NettyLoop loop) {
      this.channel = channel;
      this.loop = loop;
    }

    void start() {
      started = true;
      update();
    }

    void update() {
      boolean accept = started && !resting && door.isOpen();
      if (channel.isOpen() && channel.config().isAutoRead() != accept) {
        channel.config().setAutoRead(accept);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      SocketChannel client = (SocketChannel) message;
      door.acceptWorked();
      NettyLoop home = engine.loopFor(loop);
      try {
        NettySetup.apply(client, options.clientSockets());
        NettySession.accept(engine, home, client, door);
      } catch (ChannelException e) { // the client has gone already
        NettyEngine.discard(client);
        return;
      }
      home.register(client)
          .addListener(
              registered -> {
                if (!registered.isSuccess()) { // the loop is shutting down
                  NettyEngine.discard(client);
                }
              });
    }

    /** Accepting failed, most likely for want of descriptors: the client stays in the backlog. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!resting) {
        rest(); // first, so that whatever telling others does, there is no spinning
      }
      door.acceptFailed(cause);
    }

    private void rest() {
      resting = true;
      update();
      loop.executor()
          .schedule(
              () -> {
                resting = false;
                update();
              },
              REST_MILLIS,
              TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      started = false;
    }
  }
}
