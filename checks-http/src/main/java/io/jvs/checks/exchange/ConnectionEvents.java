package io.jvs.checks.exchange;

import io.jvs.checks.Received;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.util.ReferenceCountUtil;

/** What happens to the connection of a HTTP/2 stream as a whole. */
final class ConnectionEvents extends ChannelInboundHandlerAdapter {
  private final HttpExchange exchange;

  ConnectionEvents(HttpExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    // A server that stops in good order still answers streams below the last it names; ours is 1.
    if (message instanceof Http2GoAwayFrame away && away.lastStreamId() < 1) {
      String why = Received.quote(ByteBufUtil.getBytes(away.content()));
      exchange.refused(
          "the server went away: "
              + Http2Error.valueOf(away.errorCode())
              + (away.content().isReadable() ? " " + why : ""));
    }
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    exchange.broken(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    exchange.closed("");
  }
}
