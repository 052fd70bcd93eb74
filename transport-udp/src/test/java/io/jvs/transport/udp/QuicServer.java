package io.jvs.transport.udp;

import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.util.CharsetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/** A real server of QUIC, by quiche: whatever it is asked, it says its name. */
final class QuicServer implements AutoCloseable {
  /** The application protocol of those that do not speak HTTP/3. */
  static final String PLAIN = "jvs-test";

  private final Channel channel;

  private QuicServer(
      EventLoopGroup group, KeyManagerFactory key, String protocol, QuicServerCodecBuilder codec) {
    this.channel =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(
                codec
                    .sslContext(
                        QuicSslContextBuilder.forServer(key, null)
                            .applicationProtocols(protocol)
                            .build())
                    .maxIdleTimeout(30, TimeUnit.SECONDS)
                    .initialMaxData(1 << 20)
                    .initialMaxStreamDataBidirectionalLocal(1 << 20)
                    .initialMaxStreamDataBidirectionalRemote(1 << 20)
                    .initialMaxStreamsBidirectional(1000)
                    .activeMigration(true)
                    .activeConnectionIdLimit(8) // and so many paths
                    .build())
            .bind("127.0.0.1", 0)
            .syncUninterruptibly()
            .channel();
  }

  /** Asks clients to say again that they are there (a Retry), and speaks HTTP/3. */
  static QuicServer http3(EventLoopGroup group, KeyManagerFactory key, String name) {
    return new QuicServer(
        group,
        key,
        Http3.supportedApplicationProtocols()[0],
        Http3.newQuicServerCodecBuilder()
            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {
                    connection.pipeline().addLast(http3(name));
                  }
                }));
  }

  private static Http3ServerConnectionHandler http3(String name) {
    return new Http3ServerConnectionHandler(
        new ChannelInitializer<QuicStreamChannel>() {
          @Override
          protected void initChannel(QuicStreamChannel stream) {
            stream.pipeline().addLast(new Http3Answer(name));
          }
        });
  }

  /** Answers on the stream that it is asked on, by ids of its choice. */
  static QuicServer plain(
      EventLoopGroup group, KeyManagerFactory key, String name, QuicConnectionIdGenerator ids) {
    return new QuicServer(
        group,
        key,
        PLAIN,
        new QuicServerCodecBuilder()
            .connectionIdAddressGenerator(ids)
            .streamHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    stream.pipeline().addLast(new PlainAnswer(name));
                  }
                }));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  RealServer realServer() {
    return RealServer.of(SocketAddresses.format(address()));
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
  }

  private static ByteBuf text(String text) {
    ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer();
    buffer.writeCharSequence(text, CharsetUtil.US_ASCII);
    return buffer;
  }

  private static final class PlainAnswer extends ChannelInboundHandlerAdapter {
    private final String name;

    PlainAnswer(String name) {
      this.name = name;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event == ChannelInputShutdownEvent.INSTANCE) { // the client has said all
        ctx.writeAndFlush(text(name)).addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
      }
    }
  }

  private static final class Http3Answer extends Http3RequestStreamInboundHandler {
    private final String name;

    Http3Answer(String name) {
      this.name = name;
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3HeadersFrame frame) {
      ReferenceCountUtil.release(frame);
    }

    @Override
    protected void channelRead(ChannelHandlerContext ctx, Http3DataFrame frame) {
      ReferenceCountUtil.release(frame);
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext ctx) {
      DefaultHttp3HeadersFrame headers = new DefaultHttp3HeadersFrame();
      headers.headers().status("200");
      ctx.write(headers);
      ctx.writeAndFlush(new DefaultHttp3DataFrame(text(name)))
          .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
    }
  }
}
