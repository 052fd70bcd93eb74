package io.jvs.checks.tls;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * The JDK's engine between two streams of bytes. Each step is taken by whoever completed the one
 * before, so one thread is in the engine at a time; its long computations go to {@code blocking}.
 */
final class TlsEngine {
  private static final int REMEMBERED = 80;

  private final SSLEngine engine;
  private final AsynchronousSocketChannel channel;
  private final Executor blocking;

  /** Bytes from the server that the engine has not taken, between position and limit. */
  private ByteBuffer incoming;

  /** What the engine has made of them and nobody has read, between position and limit. */
  private ByteBuffer plain;

  private byte[] first = new byte[0];

  TlsEngine(SSLEngine engine, AsynchronousSocketChannel channel, Executor blocking) {
    this.engine = engine;
    this.channel = channel;
    this.blocking = blocking;
    this.incoming = ByteBuffer.allocate(engine.getSession().getPacketBufferSize()).flip();
    this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
  }

  SSLSession session() {
    return engine.getSession();
  }

  CompletableFuture<SSLSession> handshake() {
    CompletableFuture<SSLSession> result = new CompletableFuture<>();
    try {
      engine.beginHandshake();
    } catch (SSLException e) {
      return CompletableFuture.failedFuture(new TlsException(TlsReasons.of(e, first), e));
    }
    var unused =
        negotiate()
            .whenComplete(
                (same, thrown) -> {
                  if (thrown == null) {
                    result.complete(engine.getSession());
                  } else {
                    fail(result, thrown);
                  }
                });
    return result;
  }

  /** A handshake that failed by our own judgement owes the server an alert. */
  private void fail(CompletableFuture<SSLSession> result, Throwable thrown) {
    Throwable cause = cause(thrown);
    TlsException reason = new TlsException(TlsReasons.of(cause, first), cause);
    if (cause instanceof SSLException) {
      var unused = flush().whenComplete((same, ignored) -> result.completeExceptionally(reason));
    } else {
      result.completeExceptionally(reason);
    }
  }

  /** Goes on until the engine wants nothing more for its handshake. */
  private CompletableFuture<TlsEngine> negotiate() {
    HandshakeStatus status = engine.getHandshakeStatus();
    return switch (status) {
      case NEED_TASK -> runTasks().thenCompose(same -> negotiate());
      case NEED_WRAP -> flush().thenCompose(same -> negotiate());
      case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap().thenCompose(this::negotiateOn);
      case FINISHED, NOT_HANDSHAKING -> done();
    };
  }

  private CompletableFuture<TlsEngine> negotiateOn(boolean ended) {
    return ended
        ? CompletableFuture.failedFuture(
            new EOFException(
                first.length == 0
                    ? "the server closed the connection without an answer"
                    : "the server closed the connection"))
        : negotiate();
  }

  CompletableFuture<Integer> read(ByteBuffer into) {
    while (!plain.hasRemaining()) { // not by recursion: a liar may send thousands of empty records
      CompletableFuture<Boolean> step = unwrap();
      if (!step.isDone() || step.isCompletedExceptionally()) {
        return step.thenCompose(ended -> goOn(ended, into));
      }
      if (step.join() || engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
        return goOn(step.join(), into);
      }
    }
    return CompletableFuture.completedFuture(move(into));
  }

  private CompletableFuture<Integer> goOn(boolean ended, ByteBuffer into) {
    if (plain.hasRemaining()) {
      return CompletableFuture.completedFuture(move(into));
    }
    // A ticket or a change of keys, RFC 8446 section 4.6; some want an answer.
    return ended
        ? CompletableFuture.completedFuture(-1)
        : negotiate().thenCompose(same -> read(into));
  }

  private int move(ByteBuffer into) {
    int count = Math.min(into.remaining(), plain.remaining());
    into.put(plain.slice().limit(count));
    plain.position(plain.position() + count);
    return count;
  }

  CompletableFuture<TlsEngine> write(ByteBuffer from) {
    if (!from.hasRemaining()) {
      return done();
    }
    return wrap(from).thenCompose(same -> write(from));
  }

  CompletableFuture<TlsEngine> finish() {
    engine.closeOutbound();
    return flush();
  }

  /** What the engine has to say by itself, to the last of it. */
  private CompletableFuture<TlsEngine> flush() {
    return engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
        ? wrap(ByteBuffer.allocate(0)).thenCompose(same -> flush())
        : done();
  }

  private CompletableFuture<TlsEngine> wrap(ByteBuffer from) {
    ByteBuffer outgoing = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    try {
      SSLEngineResult result = engine.wrap(from, outgoing);
      if (result.getStatus() == SSLEngineResult.Status.CLOSED && from.hasRemaining()) {
        throw new IOException("the server has ended TLS");
      }
      if (result.bytesProduced() == 0 && result.bytesConsumed() == 0 && from.hasRemaining()) {
        throw new IOException("TLS takes no data");
      }
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    return writeAll(channel, outgoing.flip()).thenApply(count -> this);
  }

  /** Takes one record, reading more if there is none; true at the end of the stream. */
  private CompletableFuture<Boolean> unwrap() {
    plain.clear();
    SSLEngineResult result;
    try {
      result = engine.unwrap(incoming, plain);
    } catch (SSLException e) {
      plain.flip();
      return CompletableFuture.failedFuture(e);
    }
    plain.flip();
    return switch (result.getStatus()) {
      case OK -> CompletableFuture.completedFuture(false);
      case CLOSED -> CompletableFuture.completedFuture(true);
      case BUFFER_UNDERFLOW -> more();
      case BUFFER_OVERFLOW -> {
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
        yield unwrap();
      }
    };
  }

  private CompletableFuture<Boolean> more() {
    int size = Math.max(incoming.capacity(), engine.getSession().getPacketBufferSize());
    // A new buffer: what the engine has taken is gone, and a record may be larger than before.
    incoming = ByteBuffer.allocate(size).put(incoming);
    Completion<Integer> read = new Completion<>();
    try {
      channel.read(incoming, null, read);
    } catch (RuntimeException e) { // another read is under way
      read.failed(e, null);
    }
    return read.future()
        .thenCompose(
            count -> {
              incoming.flip();
              remember();
              return count < 0 ? CompletableFuture.completedFuture(true) : unwrap();
            });
  }

  /** The beginning of what came, for a message should it turn out not to be TLS. */
  private void remember() {
    if (first.length == 0 || !isTls()) {
      byte[] seen = new byte[Math.min(REMEMBERED, incoming.remaining())];
      incoming.slice().get(seen);
      first = seen;
    }
  }

  private boolean isTls() {
    return first[0] >= 20 && first[0] <= 24;
  }

  private CompletableFuture<TlsEngine> runTasks() {
    CompletableFuture<TlsEngine> result = new CompletableFuture<>();
    Runnable task = engine.getDelegatedTask();
    if (task == null) {
      result.complete(this);
      return result;
    }
    try {
      blocking.execute(
          () -> {
            for (Runnable each = task; each != null; each = engine.getDelegatedTask()) {
              each.run();
            }
            result.complete(this);
          });
    } catch (RuntimeException e) { // closed
      result.completeExceptionally(e);
    }
    return result;
  }

  /** Gives how many bytes it has written, which is all. */
  static CompletableFuture<Integer> writeAll(AsynchronousSocketChannel channel, ByteBuffer from) {
    int all = from.remaining();
    if (all == 0) {
      return CompletableFuture.completedFuture(0);
    }
    Completion<Integer> written = new Completion<>();
    try {
      channel.write(from, null, written);
    } catch (RuntimeException e) { // another write is under way
      written.failed(e, null);
    }
    return written.future().thenCompose(count -> writeAll(channel, from)).thenApply(rest -> all);
  }

  private CompletableFuture<TlsEngine> done() {
    return CompletableFuture.completedFuture(this);
  }

  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }
}
