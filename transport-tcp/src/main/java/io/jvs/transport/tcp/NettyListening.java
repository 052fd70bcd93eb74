package io.jvs.transport.tcp;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One address, listened on by one socket or by one for each loop.
 *
 * <p>Sockets with SO_REUSEPORT share an address with anybody of the same user who asks for the
 * same, so two directors could take each other's clients without a word. Therefore the first socket
 * is bound without it, which fails if anybody listens, and is given the option afterwards, which
 * lets our others join (Linux checks the option of those present when the next one binds).
 */
final class NettyListening implements RelayEngine.Listening {
  /** How long accepting rests after a failure: long enough not to spin, short for a client. */
  private static final long REST_MILLIS = 200;

  private final NettyEngine engine;
  private final int backlog;
  private final RelayEngine.Door door;
  private final List<Acceptor> acceptors = new ArrayList<>(); // complete before start

  NettyListening(NettyEngine engine, int backlog, RelayEngine.Door door) {
    this.engine = engine;
    this.backlog = backlog;
    this.door = door;
  }

  void bind(InetSocketAddress address, NettyLoop loop, boolean shared) throws IOException {
    ServerChannel channel;
    try {
      channel = engine.newServerChannel(address);
    } catch (ChannelException e) {
      throw NettyEngine.asIo(e);
    }
    Acceptor acceptor = new Acceptor(channel, loop);
    channel.config().setAutoRead(false); // until all are bound
    channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
    channel.config().setOption(ChannelOption.SO_BACKLOG, backlog);
    if (shared && !acceptors.isEmpty()) {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
    channel.pipeline().addLast(acceptor);
    ChannelFuture registered = loop.executor().register(channel).awaitUninterruptibly();
    if (!registered.isSuccess()) {
      NettyEngine.discard(channel);
      throw NettyEngine.asIo(registered.cause());
    }
    acceptors.add(acceptor);
    ChannelFuture bound = channel.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw NettyEngine.asIo(bound.cause());
    }
    if (shared) {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
  }

  @Override
  public int sockets() {
    return acceptors.size();
  }

  @Override
  public void start() {
    for (Acceptor acceptor : acceptors) {
      acceptor.loop.executor().execute(acceptor::start);
    }
  }

  @Override
  public void recheck() {
    for (Acceptor acceptor : acceptors) {
      if (acceptor.loop.executor().inEventLoop()) {
        acceptor.update(); // at once, so that the batch that is being accepted ends here
      } else {
        acceptor.loop.executor().execute(acceptor::update);
      }
    }
  }

  @Override
  public void close() {
    for (Acceptor acceptor : acceptors) {
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
        NettySession.accept(engine, home, client, door);
      } catch (ChannelException e) { // the client has gone already
        NettyEngine.discard(client);
        return;
      }
      home.executor()
          .register(client)
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
