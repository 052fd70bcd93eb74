package io.jvs.checks.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Remembers how the server began, for the message should it turn out to speak something else. */
final class FirstBytes extends ChannelInboundHandlerAdapter {
  private static final int REMEMBERED = 80;

  private byte[] bytes = new byte[0];
  private @Nullable Throwable failure;

  /** At most {@value #REMEMBERED} of them. */
  byte[] bytes() {
    return bytes;
  }

  /** What went wrong with the connection, or null; Netty's TLS keeps a reset to itself. */
  @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure = cause;
    ctx.fireExceptionCaught(cause);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (bytes.length < REMEMBERED && message instanceof ByteBuf buffer) {
      int more = Math.min(REMEMBERED - bytes.length, buffer.readableBytes());
      int before = bytes.length;
      bytes = Arrays.copyOf(bytes, before + more);
      buffer.getBytes(buffer.readerIndex(), bytes, before, more);
    }
    ctx.fireChannelRead(message);
  }
}
