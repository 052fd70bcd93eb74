package io.jvs.transport.udp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One connection of HTTP/3, by quiche. */
final class Http3Client implements AutoCloseable {
  private final Channel socket;
  private final QuicChannel connection;

  Http3Client(EventLoopGroup group, InetSocketAddress server) throws Exception {
    socket =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                Http3.newQuicClientCodecBuilder()
                    .sslContext(
                        QuicSslContextBuilder.forClient()
                            .trustManager(InsecureTrustManagerFactory.INSTANCE)
                            .applicationProtocols(Http3.supportedApplicationProtocols())
                            .build())
                    // No ids of its own, as browsers: else the server needs another for each path,
                    // of
                    // which this client has none.
                    .localConnectionIdLength(0)
                    .maxIdleTimeout(30, TimeUnit.SECONDS)
                    .initialMaxData(1 << 20)
                    .initialMaxStreamDataBidirectionalLocal(1 << 20)
                    .build())
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    connection =
        QuicChannel.newBootstrap(socket)
            .handler(new Http3ClientConnectionHandler())
            .remoteAddress(server)
            .connect()
            .get(10, TimeUnit.SECONDS);
  }

  /** The body of the answer; the future fails with the connection. */
  CompletableFuture<String> get() throws Exception {
    CompletableFuture<String> answer = new CompletableFuture<>();
    connection.closeFuture().addListener(closed -> answer.cancel(false));
    QuicStreamChannel stream =
        Http3.newRequestStream(connection, new Body(answer)).get(10, TimeUnit.SECONDS);
    DefaultHttp3HeadersFrame headers = new DefaultHttp3HeadersFrame();
    headers.headers().method("GET").scheme("https").authority("localhost").path("/");
    stream.writeAndFlush(headers).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    return answer;
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    socket.close().syncUninterruptibly();
  }

  private static final class Body extends Http3RequestStreamInboundHandler {
    private final CompletableFuture<String> answer;
    private final StringBuilder text = new StringBuilder();

    Body(CompletableFuture<String> answer) {
      this.answer = answer;
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
      ReferenceCountUtil.release(frame);
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
      text.append(frame.content().toString(CharsetUtil.US_ASCII));
      ReferenceCountUtil.release(frame);
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext ctx) {
      answer.complete(text.toString());
      ctx.close();
    }
  }
}
