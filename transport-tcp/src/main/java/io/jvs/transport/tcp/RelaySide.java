package io.jvs.transport.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One channel of a pair: passes what it reads to the other, no faster than that can write. */
final class RelaySide extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int READ_AHEAD = 16 * 1024;

  private final NettySession session;
  private final SocketChannel channel;
  private @Nullable RelaySide peer; // null until both are connected
  private @Nullable Queue<ByteBuf> early; // read before there was a peer
  private int earlyBytes;
  private boolean inputEnded;
  private boolean finPassedOn;

  RelaySide(NettySession session, SocketChannel channel) {
    this.session = session;
    this.channel = channel;
  }

  SocketChannel channel() {
    return channel;
  }

  /** What was read so far is shown to somebody, who keeps it. */
  void showTo(EarlyBytes seen) {
    if (early != null) {
      early.forEach(bytes -> seen.add(bytes.nioBuffer()));
      releaseEarly();
      earlyBytes = 0;
    }
    if (inputEnded) {
      seen.end();
    }
  }

  /** Connected: goes out with the next flush, before what anybody else writes. */
  void write(ByteBuffer bytes) {
    channel.write(Unpooled.copiedBuffer(bytes), channel.voidPromise());
  }

  /** Both ends are connected: what was read so far goes on, then all the rest. */
  void relayTo(RelaySide newPeer) {
    peer = newPeer;
    if (early != null) {
      for (ByteBuf bytes = early.poll(); bytes != null; bytes = early.poll()) {
        pass(bytes, newPeer);
      }
      early = null;
    }
    if (inputEnded) {
      passFin(newPeer);
    } else if (channel.isOpen()) {
      channel.config().setAutoRead(newPeer.channel.isWritable());
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    if (channel.parent() != null) { // accepted; the other kind is told of by its connect
      session.registered();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (session.isOver()) {
      bytes.release();
    } else if (peer != null) {
      pass(bytes, peer);
    } else if (session.lookedAt(bytes)) {
      bytes.release();
    } else {
      if (early == null) {
        early = new ArrayDeque<>(1);
      }
      early.add(bytes);
      earlyBytes += bytes.readableBytes();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    readAhead();
  }

  /**
   * Before there is a server nothing should be read, but for those who look. Yet a selector tells
   * of a reset only who reads: so a little is, and kept.
   */
  void readAhead() {
    boolean wanted = earlyBytes < READ_AHEAD || session.wanted() > 0;
    if (peer == null && wanted && !inputEnded && !session.isOver()) {
      channel.read();
    }
  }

  private void pass(ByteBuf bytes, RelaySide to) {
    session.moved(this, bytes);
    // Without a promise of its own: if it fails, exceptionCaught over there hears of it.
    to.channel.writeAndFlush(bytes, to.channel.voidPromise());
    if (to.pendingBytes() > 0) {
      DirectMemory.check(); // if it throws, exceptionCaught ends the connection
    }
  }

  /** What fills this channel is read from the other. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    RelaySide source = peer;
    if (source != null && !source.inputEnded && !session.isOver()) {
      source.channel.config().setAutoRead(channel.isWritable());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded && !session.isOver()) {
      inputEnded = true;
      channel.config().setAutoRead(false); // there is nothing more, which can be read for ever
      if (peer != null) {
        passFin(peer);
      } else {
        session.lookedAt(null);
      }
    }
  }

  /** Behind everything written before: shutting down drops what has not been flushed. */
  private void passFin(RelaySide to) {
    to.channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              if (flushed.isSuccess() && !session.isOver()) {
                to.channel
                    .shutdownOutput()
                    .addListener(
                        shut -> {
                          if (shut.isSuccess()) {
                            finPassedOn = true;
                            session.sideEnded();
                          } else {
                            session.broken(to);
                          }
                        });
              } else {
                session.broken(to);
              }
            });
  }

  /** Whether all that it had to say has been said to the other. */
  boolean isDone() {
    return finPassedOn;
  }

  /** Bytes for this side that the kernel has not taken yet. */
  long pendingBytes() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    session.broken(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (session.isOver()) {
      return; // writes that were under way
    }
    if (cause instanceof IOException) {
      session.broken(this);
    } else { // for which no server is to be blamed
      Faults.tell(channel, cause);
      session.reset();
    }
  }

  void closeNow() {
    releaseEarly();
    channel.close();
  }

  void resetNow() {
    releaseEarly();
    if (channel.isOpen()) {
      try {
        channel.config().setSoLinger(0);
      } catch (ChannelException e) { // the kernel has taken it already: then it is reset
        LOG.log(Level.TRACE, "linger", e);
      }
      channel.close();
    }
  }

  private void releaseEarly() {
    if (early != null) {
      early.forEach(ByteBuf::release);
      early = null;
    }
  }
}
