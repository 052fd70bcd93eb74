package io.jvs.transport.tcp;

import io.jvs.transport.listening.SystemReasons;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A pair of Netty's channels on one loop. */
final class NettySession extends StagedSession<NettyLoop> {
  /**
   * A write of one full read (64 KiB) must not stop reading, or bulk would switch it off and on
   * with every read; two must.
   */
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private final NettyEngine engine;
  private final RelayEngine.Door door;
  private final RelaySide client;
  private @Nullable RelaySide server;
  private @Nullable ByteBuf answer; // what is being passed on
  private long lastPending;

  private NettySession(
      NettyEngine engine,
      NettyLoop loop,
      RelayEngine.Door door,
      SocketChannel channel,
      InetSocketAddress clientAddress,
      InetSocketAddress localAddress) {
    super(loop, clientAddress, localAddress);
    this.engine = engine;
    this.door = door;
    this.client = new RelaySide(this, channel);
  }

  /**
   * Prepares an accepted channel; what happens next begins when it is registered with the loop.
   *
   * @throws ChannelException if the client has gone already
   */
  static void accept(
      NettyEngine engine, NettyLoop loop, SocketChannel channel, RelayEngine.Door door) {
    InetSocketAddress client = channel.remoteAddress();
    InetSocketAddress local = channel.localAddress();
    if (client == null || local == null) {
      throw new ChannelException("gone");
    }
    NettySession session = new NettySession(engine, loop, door, channel, client, local);
    session.prepare(channel);
    channel.pipeline().addLast(session.client);
  }

  private void prepare(SocketChannel channel) {
    channel.config().setAutoRead(false);
    channel.config().setAllowHalfClosure(true);
    channel.config().setTcpNoDelay(true);
    channel.config().setWriteBufferWaterMark(WATER_MARKS);
  }

  /** The client's channel is on its loop. */
  void registered() {
    door.arrived(this);
    client.readAhead();
  }

  @Override
  void showRead(EarlyBytes to) {
    client.showTo(to);
  }

  @Override
  void readForLook() {
    client.readAhead();
  }

  /** Whether somebody looks at what the client sends; then it has these bytes, or the FIN, null. */
  boolean lookedAt(@Nullable ByteBuf bytes) {
    if (!is(Stage.LOOKED_AT)) {
      return false;
    }
    seen(bytes == null ? null : bytes.nioBuffer());
    return true;
  }

  @Override
  void open(ConnectRequest request) {
    SocketChannel channel;
    try {
      channel = engine.newSocketChannel();
      prepare(channel);
      NettySetup.apply(channel, request.options());
    } catch (ChannelException e) {
      connectFailed(SystemReasons.of(e), true);
      return;
    }
    channel.config().setConnectTimeoutMillis(0); // our timer does it
    RelaySide side = new RelaySide(this, channel);
    server = side;
    ByteBuffer preamble = request.preamble();
    channel.pipeline().addLast(side);
    ChannelFuture registered = loop.register(channel); // we are on that loop: done
    if (!registered.isSuccess()) {
      NettyEngine.discard(channel);
      connectFailed(SystemReasons.of(NettyEngine.asIo(registered.cause())), true);
      return;
    }
    channel
        .connect(request.server(), request.source())
        .addListener(
            connect -> {
              if (server != side || !is(Stage.CONNECTING)) {
                return; // given up meanwhile
              }
              if (connect.isSuccess()) {
                relay(side, preamble);
              } else {
                connectFailed(SystemReasons.of(connect.cause()), false);
              }
            });
  }

  @Override
  void closeServer() {
    RelaySide attempt = server;
    server = null;
    if (attempt != null) {
      attempt.closeNow(); // what it still has to say is about an attempt that is over
    }
  }

  private void relay(RelaySide side, @Nullable ByteBuffer preamble) {
    ByteBuffer seen = connected();
    if (preamble != null) {
      side.write(preamble);
    }
    if (seen != null) {
      side.write(seen);
    }
    side.channel().flush();
    client.relayTo(side);
    side.relayTo(client);
  }

  /** Bytes of one side are on their way to the other, or waiting for it. */
  void moved(RelaySide from, ByteBuf bytes) {
    if (from == client) {
      sentByClient(bytes.readableBytes());
    } else {
      answer = bytes;
      sentByServer(bytes.readableBytes());
      answer = null;
    }
  }

  @Override
  ByteBuffer view(int bytes) {
    ByteBuf present = answer;
    if (present == null) {
      throw new IllegalStateException("no answer");
    }
    return present.nioBuffer();
  }

  /** As much as the native engines read at once. */
  @Override
  boolean fills(int bytes) {
    return bytes >= NativeLoop.BUFFER_BYTES;
  }

  /** The FIN of a side has been passed on. */
  void sideEnded() {
    if (is(Stage.RELAYING)) {
      halfClosed(server != null && server.isDone());
    } else if (server != null && client.isDone() && server.isDone()) {
      end(SessionOwner.End.CLOSED);
    }
  }

  /** A side has been reset, or cannot be written to. */
  void broken(RelaySide side) {
    if (side != client && (side != server || is(Stage.CONNECTING))) {
      return; // an attempt that was given up, or whose future says so too, and why
    }
    end(side == client ? SessionOwner.End.CLIENT_RESET : SessionOwner.End.SERVER_RESET);
  }

  @Override
  void closeBoth(boolean withReset) {
    close(client, withReset);
    if (server != null) {
      close(server, withReset);
    }
  }

  private static void close(RelaySide side, boolean withReset) {
    if (withReset) {
      side.resetNow();
    } else {
      side.closeNow();
    }
  }

  /** A slow receiver takes what we hold. */
  @Override
  boolean drains() {
    long pending = client.pendingBytes() + (server == null ? 0 : server.pendingBytes());
    boolean changed = pending != lastPending;
    lastPending = pending;
    return changed;
  }
}
