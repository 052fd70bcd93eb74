package io.jvs.checks.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;

/**
 * Puts one answer together from its parts, no larger than wanted. Stands at the end of a connection
 * of HTTP/1.1 or of a stream of HTTP/2.
 */
final class AnswerCollector extends ChannelInboundHandlerAdapter {
  private final HttpExchange exchange;
  private final int maxBody;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;
  private int status;
  private boolean interim;

  AnswerCollector(HttpExchange exchange, int maxBody) {
    this.exchange = exchange;
    this.maxBody = maxBody;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof HttpObject part) {
        if (part.decoderResult().isFailure()) {
          exchange.broken(part.decoderResult().cause());
          return;
        }
        if (part instanceof HttpResponse head) {
          begin(head);
        }
        if (part instanceof HttpContent content) {
          add(content);
        }
      } else if (message instanceof Http2ResetFrame reset) {
        reset(reset);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame reset) {
      reset(reset);
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    exchange.failed(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    exchange.closed(status == 0 ? "" : " within the body");
  }

  private void begin(HttpResponse head) {
    int code = head.status().code();
    interim = code >= 100 && code < 200; // RFC 9110 section 15.2: the real one follows
    if (interim) {
      return;
    }
    status = code;
    headers = head.headers();
    if (maxBody == 0) {
      complete(EmptyHttpHeaders.INSTANCE, false);
    } else {
      exchange.doing("reading the body");
    }
  }

  private void add(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (interim || status == 0) {
      interim &= !last;
      return;
    }
    ByteBuf bytes = content.content();
    int taken = Math.min(bytes.readableBytes(), maxBody - body.size());
    byte[] copy = new byte[taken];
    bytes.getBytes(bytes.readerIndex(), copy);
    body.writeBytes(copy);
    if (taken < bytes.readableBytes()) {
      complete(EmptyHttpHeaders.INSTANCE, false);
    } else if (content instanceof LastHttpContent end) {
      complete(end.trailingHeaders(), true);
    }
  }

  private void complete(HttpHeaders trailers, boolean whole) {
    exchange.answered(
        new HttpAnswer(status, headers, trailers, body.toByteArray(), whole, /* warning= */ null));
  }

  private void reset(Http2ResetFrame reset) {
    exchange.refused("the server reset the stream: " + Http2Error.valueOf(reset.errorCode()));
  }
}
