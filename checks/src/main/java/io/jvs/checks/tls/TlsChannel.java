package io.jvs.checks.tls;

import io.jvs.health.CheckAttempt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a check: plain at first, and TLS from {@link #startTls} on, at once or after
 * STARTTLS. No method blocks. One thing at a time: the next read, write or handshake begins when
 * the one before has completed. Futures complete on threads of the JDK's default channel group, or
 * of {@link CheckAttempt#blocking}, and fail with an {@link IOException}.
 *
 * <p>The end of the attempt closes it. The JDK's asynchronous channels cannot be told to reset (no
 * SO_LINGER), so a server that says nothing more leaves a TIME_WAIT behind on this side.
 */
public final class TlsChannel {
  private final AsynchronousSocketChannel channel;
  private final InetSocketAddress server;
  private final Executor blocking;
  private volatile @Nullable TlsEngine tls;

  private TlsChannel(
      AsynchronousSocketChannel channel, InetSocketAddress server, Executor blocking) {
    this.channel = channel;
    this.server = server;
    this.blocking = blocking;
  }

  /** Connects to where the attempt goes, from where it is bound to, and sends its preamble. */
  public static CompletableFuture<TlsChannel> connect(CheckAttempt attempt) {
    attempt.doing("connecting");
    CompletableFuture<TlsChannel> result = new CompletableFuture<>();
    try {
      AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
      TlsChannel connection = new TlsChannel(channel, attempt.address(), attempt.blocking());
      attempt.onEnd(connection::close);
      if (attempt.bind() != null) {
        channel.bind(new InetSocketAddress(attempt.bind(), 0));
      }
      Completion<@Nullable Void> connected = new Completion<>();
      channel.connect(attempt.address(), null, connected);
      return connected.future().thenCompose(nothing -> connection.write(attempt.preamble()));
    } catch (IOException | RuntimeException e) { // no descriptors left, or no such family here
      result.completeExceptionally(e);
      return result;
    }
  }

  /**
   * Makes the handshake; from then on everything goes through TLS.
   *
   * @param protocols for ALPN (RFC 7301), best first; none leaves the extension out
   * @return fails with a {@link TlsException}, whose message is the reason for people
   */
  public CompletableFuture<SSLSession> startTls(TlsSettings settings, List<String> protocols) {
    CompletableFuture<TlsEngine> made = new CompletableFuture<>();
    blocking.execute(
        () -> {
          try { // reads files
            made.complete(new TlsEngine(settings.engine(server, protocols), channel, blocking));
          } catch (TlsException | RuntimeException e) {
            made.completeExceptionally(e);
          }
        });
    return made.thenCompose(
        engine -> {
          tls = engine;
          return engine.handshake();
        });
  }

  /** Reads at least one byte into {@code into}, which must have room; gives -1 at the end. */
  public CompletableFuture<Integer> read(ByteBuffer into) {
    TlsEngine engine = tls;
    if (engine != null) {
      return engine.read(into);
    }
    Completion<Integer> done = new Completion<>();
    try {
      channel.read(into, null, done);
    } catch (RuntimeException e) { // another read is under way
      done.failed(e, null);
    }
    return done.future();
  }

  /** Writes all of {@code from}; gives this connection when that is done. */
  public CompletableFuture<TlsChannel> write(ByteBuffer from) {
    TlsEngine engine = tls;
    return engine == null
        ? TlsEngine.writeAll(channel, from).thenApply(count -> this)
        : engine.write(from).thenApply(same -> this);
  }

  /** Tells the server that nothing more will come; it can still answer. Gives this connection. */
  public CompletableFuture<TlsChannel> finish() {
    TlsEngine engine = tls;
    if (engine != null) {
      return engine.finish().thenApply(same -> this);
    }
    try {
      channel.shutdownOutput();
      return CompletableFuture.completedFuture(this);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The session, once {@link #startTls} has completed. */
  public SSLSession session() {
    return Objects.requireNonNull(tls, "startTls has not been called").session();
  }

  /**
   * Why one of these futures has failed, for people: {@code connection refused}, or what a {@link
   * TlsException} says.
   */
  public static String reason(Throwable thrown) {
    Throwable cause = TlsEngine.cause(thrown);
    String message = cause.getMessage();
    if (message == null || message.isEmpty()) {
      return cause.getClass().getSimpleName();
    }
    return cause instanceof TlsException || !(cause instanceof IOException)
        ? message
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  /** Closes it without a word to the server; more than once does nothing. */
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nobody could do anything about it.
    }
  }
}
