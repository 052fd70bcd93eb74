package io.jvs.checks.exchange;

import io.jvs.checks.Received;
import io.jvs.checks.tls.CertificateDates;
import io.jvs.checks.tls.TlsChannel;
import io.jvs.checks.tls.TlsException;
import io.jvs.checks.tls.TlsReasons;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckAttempt;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One question and its answer over a new connection, which is reset afterwards: a check must see
 * whether the server accepts, and leave no TIME_WAIT behind. Never blocks; runs on an event loop.
 */
public final class HttpExchange {
  private static final int MAX_HEADERS = 32 * 1024;
  private static final Set<String> BODIES = Set.of("POST", "PUT", "PATCH");

  private final CheckAttempt attempt;
  private final HttpQuestion question;
  private final CompletableFuture<HttpAnswer> result = new CompletableFuture<>();
  private final FirstBytes first = new FirstBytes();
  private final FirstBytes encrypted = new FirstBytes();
  private @Nullable SSLEngine engine;

  private HttpExchange(CheckAttempt attempt, HttpQuestion question) {
    this.attempt = attempt;
    this.question = question;
  }

  /** Fails with an {@link ExchangeException} or a {@link TlsException}, and else with a bug. */
  public static CompletableFuture<HttpAnswer> ask(CheckAttempt attempt, HttpQuestion question) {
    HttpExchange exchange = new HttpExchange(attempt, question);
    TlsSettings tls = question.tls();
    if (tls == null) {
      exchange.connect();
      return exchange.result;
    }
    attempt
        .blocking()
        .execute(
            () -> {
              try { // reads files
                exchange.engine =
                    tls.engine(attempt.address(), question.http2() ? List.of("h2") : List.of());
                exchange.connect();
              } catch (TlsException | RuntimeException e) {
                exchange.result.completeExceptionally(e);
              }
            });
    return exchange.result;
  }

  private void connect() {
    attempt.doing("connecting");
    Bootstrap bootstrap =
        new Bootstrap()
            .group(EventLoops.SHARED)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0) // the attempt has its own
            .option(ChannelOption.SO_LINGER, 0)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    open(channel);
                  }
                });
    SocketAddress from = attempt.bind() == null ? null : new InetSocketAddress(attempt.bind(), 0);
    var unused = bootstrap.connect(attempt.address(), from).addListener(this::connected);
  }

  private void connected(Future<?> connect) {
    if (!connect.isSuccess()) {
      refused(connectFailure(connect.cause()));
    }
  }

  /** Netty adds the address, which everybody knows who reads the reason. */
  private String connectFailure(Throwable cause) {
    return TlsChannel.reason(cause).replace(": " + attempt.address(), "");
  }

  private void open(Channel channel) {
    attempt.onEnd(channel::close);
    var unused = result.whenComplete((answer, thrown) -> channel.close());
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new Introduction());
    if (engine == null) {
      pipeline.addLast(new Ends());
      return;
    }
    SslHandler tls = new SslHandler(engine, /* startTls= */ false, attempt.blocking());
    tls.setHandshakeTimeoutMillis(0); // the attempt has its own
    pipeline.addLast(encrypted, tls, new Ends());
    attempt.doing("in the TLS handshake");
    tls.handshakeFuture()
        .addListener(
            shaken -> {
              if (shaken.isSuccess()) {
                negotiated(channel, tls.engine());
              } else {
                unshaken(shaken.cause());
              }
            });
  }

  private void unshaken(Throwable cause) {
    Throwable failure = encrypted.failure();
    if (failure != null) {
      refused(TlsReasons.of(failure, encrypted.bytes()));
    } else if (encrypted.bytes().length == 0) {
      refused("the server closed the connection without an answer in the TLS handshake");
    } else {
      refused(TlsReasons.of(cause, encrypted.bytes()));
    }
  }

  /** Sends the preamble before TLS and all else begins. */
  private final class Introduction extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ByteBuffer preamble = attempt.preamble();
      if (preamble.hasRemaining()) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(preamble));
      }
      ctx.fireChannelActive();
      ctx.pipeline().remove(this);
    }
  }

  /** The beginning and the end of the connection itself, whatever is spoken over it. */
  private final class Ends extends ChannelDuplexHandler {
    /** Listens before there is anything to hear: a refused connection ends at once. */
    @Override
    public void connect(
        ChannelHandlerContext ctx,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      ctx.connect(remote, local, promise.addListener(HttpExchange.this::connected));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (engine == null) {
        speak(ctx.channel());
      }
      ctx.fireChannelActive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(cause);
    }

    /** Also comes if the server was faster than we: reset before we knew that we were connected. */
    @Override
    public void channelUnregistered(ChannelHandlerContext ctx) {
      closed("");
      ctx.fireChannelUnregistered();
    }
  }

  private void negotiated(Channel channel, SSLEngine shaken) {
    if (question.http2() && !"h2".equals(shaken.getApplicationProtocol())) {
      refused("the server does not offer HTTP/2 (by ALPN, RFC 7301)");
      return;
    }
    speak(channel);
  }

  private void speak(Channel channel) {
    doing("waiting for the answer");
    AnswerCollector collector = new AnswerCollector(this, question.maxBody());
    ChannelPipeline pipeline = channel.pipeline();
    if (!question.http2()) {
      HttpDecoderConfig limits = new HttpDecoderConfig().setMaxHeaderSize(MAX_HEADERS);
      pipeline.addLast(first, new HttpClientCodec(limits, false, false), collector);
      channel.writeAndFlush(request());
      return;
    }
    pipeline.addLast(
        first,
        Http2FrameCodecBuilder.forClient()
            .initialSettings(
                Http2Settings.defaultSettings().pushEnabled(false).maxHeaderListSize(MAX_HEADERS))
            .gracefulShutdownTimeoutMillis(0)
            .build(),
        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
        new ConnectionEvents(this));
    new Http2StreamChannelBootstrap(channel)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(false), collector);
              }
            })
        .open()
        .addListener(
            opened -> {
              if (opened.isSuccess()) {
                ((Channel) opened.getNow()).writeAndFlush(request());
              } else {
                failed(opened.cause());
              }
            });
  }

  private FullHttpRequest request() {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            HttpMethod.valueOf(question.method()),
            question.path(),
            Unpooled.wrappedBuffer(question.body()));
    request.headers().set(HttpHeaderNames.HOST, question.authority());
    if (question.http2()) {
      String scheme = question.tls() == null ? "http" : "https";
      request.headers().set(ExtensionHeaderNames.SCHEME.text(), scheme);
    } else {
      request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      if (BODIES.contains(question.method())) { // RFC 9110 section 8.6: also for an empty one
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, question.body().length);
      }
    }
    question.headers().forEach((name, value) -> request.headers().set(name, value));
    return request;
  }

  /** What is being waited for, with the question. */
  void doing(String what) {
    attempt.doing(what + " to " + question.method() + " " + question.path());
  }

  void answered(HttpAnswer answer) {
    TlsSettings tls = question.tls();
    result.complete(
        engine == null || tls == null
            ? answer
            : answer.warning(CertificateDates.warning(engine.getSession(), tls)));
  }

  /** What came is not what was expected at all. */
  void broken(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      closed("");
      return;
    }
    String wanted = question.http2() ? "HTTP/2" : "HTTP/1.1";
    refused(
        startsRight()
            ? "broken " + wanted + ": " + TlsChannel.reason(cause)
            : "not " + wanted + ": the server answered " + Received.quote(first.bytes()));
  }

  /** A HTTP/2 server begins with SETTINGS: a length, type 4, no flags (RFC 9113 section 3.4). */
  private boolean startsRight() {
    byte[] bytes = first.bytes();
    return question.http2()
        ? bytes.length < 5 || (bytes[3] == 4 && bytes[4] == 0)
        : bytes.length == 0 || startsWith(bytes, "HTTP/1.");
  }

  private static boolean startsWith(byte[] bytes, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (i < bytes.length && bytes[i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** An exception of the connection: a reset, or TLS that went wrong later. */
  void failed(Throwable cause) {
    if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
      refused(TlsReasons.of(cause, encrypted.bytes()));
    } else {
      refused(TlsChannel.reason(cause));
    }
  }

  /**
   * The connection has ended.
   *
   * @param where in what, or empty for before the answer
   */
  void closed(String where) {
    if (first.bytes().length > 0 && !startsRight()) {
      broken(new ExchangeException("closed", null));
    } else if (!where.isEmpty()) {
      refused("the server closed the connection" + where);
    } else {
      refused(
          first.bytes().length == 0
              ? "the server closed the connection without an answer"
              : "the server closed the connection within the answer");
    }
  }

  void refused(String why) {
    result.completeExceptionally(new ExchangeException(why, null));
  }
}
