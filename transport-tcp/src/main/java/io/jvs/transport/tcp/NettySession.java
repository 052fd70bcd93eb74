package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A pair of channels on one loop. One timer serves all timeouts: it is not moved when bytes do, but
 * looks, when it fires, how long ago that was.
 */
final class NettySession implements RelaySession {
  /**
   * A write of one full read (64 KiB) must not stop reading, or bulk would switch it off and on
   * with every read; two must.
   */
  private static final WriteBufferWaterMark WATER_MARKS =
      new WriteBufferWaterMark(64 * 1024, 128 * 1024);

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private enum Stage {
    ARRIVED,
    LOOKED_AT,
    CONNECTING,
    RELAYING,
    HALF_CLOSED,
    OVER
  }

  private final NettyEngine engine;
  private final NettyLoop loop;
  private final RelayEngine.Door door;
  private final RelaySide client;
  private final InetSocketAddress clientAddress;
  private final InetSocketAddress localAddress;
  private @Nullable SessionOwner owner;
  private @Nullable RelaySide server;
  private Stage stage = Stage.ARRIVED;
  private @Nullable Timeouts timeouts;
  private @Nullable EarlyBytes early; // if anybody has looked
  private @Nullable Future<?> timer;
  private long timerNanos; // when it fires
  private long lastMoveNanos; // a byte, or the beginning of the stage
  private long lastPending;
  private long fromClient; // not yet reported, as the next
  private long toClient;
  private boolean watched;
  private boolean asked;
  private boolean answered;
  private boolean overheard; // what the server sends after its first answer

  private NettySession(
      NettyEngine engine,
      NettyLoop loop,
      RelayEngine.Door door,
      SocketChannel channel,
      InetSocketAddress clientAddress,
      InetSocketAddress localAddress) {
    this.engine = engine;
    this.loop = loop;
    this.door = door;
    this.client = new RelaySide(this, channel);
    this.clientAddress = clientAddress;
    this.localAddress = localAddress;
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
  public InetSocketAddress client() {
    return clientAddress;
  }

  @Override
  public InetSocketAddress local() {
    return localAddress;
  }

  @Override
  public void ownedBy(SessionOwner newOwner) {
    owner = newOwner;
  }

  @Override
  public void execute(Runnable task) {
    loop.executor().execute(task);
  }

  @Override
  public long idleMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastMoveNanos);
  }

  @Override
  public void look(Look look) {
    if (stage == Stage.OVER) {
      return;
    }
    EarlyBytes seen = early == null ? new EarlyBytes() : early;
    early = seen;
    client.showTo(seen); // what has come before anybody looked
    seen.look(look);
    enter(Stage.LOOKED_AT);
    show(false);
    client.readAhead();
  }

  /** How many bytes of the client to read for a look. */
  int wanted() {
    return early == null ? 0 : early.wanted();
  }

  /** Whether somebody looks at what the client sends; then it has these bytes, or the FIN, null. */
  boolean lookedAt(@Nullable ByteBuf bytes) {
    if (early == null || stage != Stage.LOOKED_AT) {
      return false;
    }
    if (bytes == null) {
      early.end();
    } else {
      early.add(bytes.nioBuffer());
    }
    show(false);
    return true;
  }

  private void show(boolean last) {
    try {
      if (early != null && early.show(last)) {
        stage = Stage.ARRIVED;
        if (owner != null) {
          owner.looked();
        }
      }
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "tcp: a fault of ours ended the connection of " + clientAddress, e);
      end(SessionOwner.End.DROPPED);
    }
  }

  @Override
  public void connect(ConnectRequest request) {
    if (stage == Stage.OVER) {
      return;
    }
    timeouts = request.timeouts();
    enter(Stage.CONNECTING);
    SocketChannel channel;
    try {
      channel = engine.newSocketChannel();
      prepare(channel);
      NettySetup.apply(channel, request.options());
    } catch (ChannelException e) {
      connectFailed(Reasons.of(e), true);
      return;
    }
    channel.config().setConnectTimeoutMillis(0); // our timer does it
    RelaySide side = new RelaySide(this, channel);
    server = side;
    ByteBuffer preamble = request.preamble();
    channel.pipeline().addLast(side);
    ChannelFuture registered = loop.executor().register(channel); // we are on that loop: done
    if (!registered.isSuccess()) {
      NettyEngine.discard(channel);
      connectFailed(Reasons.of(NettyEngine.asIo(registered.cause())), true);
      return;
    }
    channel
        .connect(request.server(), request.source())
        .addListener(
            connect -> {
              if (server != side || stage != Stage.CONNECTING) {
                return; // given up meanwhile
              }
              if (connect.isSuccess()) {
                relay(side, preamble);
              } else {
                connectFailed(Reasons.of(connect.cause()));
              }
            });
  }

  private void connectFailed(String reason) {
    if (!Reasons.isOfSource(reason)) {
      connectFailed(reason, false);
      return;
    }
    giveUpAttempt();
    if (owner != null) {
      owner.sourceFailed(reason);
    }
  }

  private void giveUpAttempt() {
    RelaySide attempt = server;
    server = null;
    enter(Stage.ARRIVED);
    if (attempt != null) {
      attempt.closeNow(); // what it still has to say is about an attempt that is over
    }
  }

  private void connectFailed(String reason, boolean local) {
    giveUpAttempt();
    if (owner != null) {
      owner.connectFailed(reason, local);
    }
  }

  private void relay(RelaySide side, @Nullable ByteBuffer preamble) {
    enter(Stage.RELAYING);
    if (owner != null) {
      owner.connected();
    }
    if (preamble != null) {
      side.write(preamble);
    }
    ByteBuffer seen = early == null || stage == Stage.OVER ? null : early.take();
    if (seen != null) {
      moved(client, Unpooled.wrappedBuffer(seen));
      side.write(seen);
    }
    side.channel().flush();
    client.relayTo(side);
    side.relayTo(client);
  }

  /** Bytes of one side are on their way to the other, or waiting for it. */
  void moved(RelaySide from, ByteBuf bytes) {
    lastMoveNanos = System.nanoTime();
    if (from == client) {
      fromClient += bytes.readableBytes();
      if (!asked) {
        asked = true;
        if (owner != null) {
          owner.asked();
        }
      }
    } else {
      toClient += bytes.readableBytes();
      if (!answered) {
        answered = true;
        if (owner != null) {
          owner.answered(owner.readsAnswers() ? bytes.nioBuffer() : null);
          overheard = owner.overhears();
        }
      } else if (overheard && owner != null) {
        owner.overheard(bytes.nioBuffer());
        overheard = owner.overhears();
      }
    }
    watch();
  }

  /** The FIN of a side has been passed on. */
  void sideEnded() {
    if (stage == Stage.RELAYING) {
      enter(Stage.HALF_CLOSED);
      if (owner != null) {
        owner.halfClosed(server != null && server.isDone());
      }
    } else if (server != null && client.isDone() && server.isDone()) {
      end(SessionOwner.End.CLOSED);
    }
  }

  /** A side has been reset, or cannot be written to. */
  void broken(RelaySide side) {
    if (side != client && (side != server || stage == Stage.CONNECTING)) {
      return; // an attempt that was given up, or whose future says so too, and why
    }
    end(side == client ? SessionOwner.End.CLIENT_RESET : SessionOwner.End.SERVER_RESET);
  }

  boolean isOver() {
    return stage == Stage.OVER;
  }

  @Override
  public void reset() {
    end(SessionOwner.End.DROPPED);
  }

  private void end(SessionOwner.End how) {
    if (stage == Stage.OVER) {
      return;
    }
    report();
    stage = Stage.OVER;
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    try { // first, so that a client who sees the end and comes again finds its place free
      if (owner != null) {
        owner.ended(how);
      }
    } finally {
      if (how == SessionOwner.End.CLOSED) {
        client.closeNow();
        if (server != null) {
          server.closeNow();
        }
      } else {
        client.resetNow();
        if (server != null) {
          server.resetNow();
        }
      }
    }
  }

  private void watch() {
    if (!watched) {
      watched = true;
      loop.watch(this);
    }
  }

  /** Every now and then while watched; whether to go on. */
  boolean lookAfter() {
    report();
    watched = asked && !answered && stage != Stage.OVER && owner != null && owner.stillUnanswered();
    return watched;
  }

  private void report() {
    if (owner != null && fromClient + toClient > 0) {
      owner.transferred(fromClient, toClient);
      fromClient = 0;
      toClient = 0;
    }
  }

  private void enter(Stage next) {
    stage = next;
    lastMoveNanos = System.nanoTime();
    long due = deadlineNanos();
    if (timer == null || due - timerNanos < 0) {
      if (timer != null) {
        timer.cancel(false);
      }
      arm(due);
    }
  }

  private long deadlineNanos() {
    Look look = stage == Stage.LOOKED_AT && early != null ? early.look() : null;
    if (look != null) {
      return lastMoveNanos + look.patience().toNanos();
    }
    Timeouts limits = timeouts;
    if (limits == null) {
      throw new IllegalStateException("no timeouts before connect");
    }
    return lastMoveNanos
        + switch (stage) {
          case CONNECTING, ARRIVED, LOOKED_AT, OVER -> limits.connect().toNanos();
          case RELAYING -> limits.tcp().toNanos();
          case HALF_CLOSED -> limits.tcpFin().toNanos();
        };
  }

  private void arm(long dueNanos) {
    timerNanos = dueNanos;
    timer =
        loop.executor().schedule(this::timeUp, dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void timeUp() {
    timer = null;
    if (stage == Stage.OVER || stage == Stage.ARRIVED) {
      return; // armed again by the next attempt
    }
    long pending = client.pendingBytes() + (server == null ? 0 : server.pendingBytes());
    if (pending != lastPending) { // a slow receiver takes what we hold
      lastPending = pending;
      lastMoveNanos = System.nanoTime();
    }
    if (deadlineNanos() - System.nanoTime() > 0) {
      arm(deadlineNanos());
    } else if (stage == Stage.LOOKED_AT) {
      show(true);
    } else if (stage == Stage.CONNECTING && timeouts != null) {
      connectFailed("connect timed out after " + Reasons.text(timeouts.connect()), false);
    } else {
      end(SessionOwner.End.IDLE);
    }
  }
}
