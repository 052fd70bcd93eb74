package io.jvs.health;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderWriter;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One try under way. Its result is what ends it, whoever brings it. */
final class Try implements CheckAttempt {
  final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final CheckRunner runner;
  private final VirtualService service;
  private final RealServer server;
  private final CheckDeclaration declaration;
  private volatile String doing = "";
  private volatile InetSocketAddress address;
  private volatile @Nullable Future<?> timeout;

  Try(CheckRunner runner, VirtualService service, RealServer server, CheckDeclaration declaration) {
    this.runner = runner;
    this.service = service;
    this.server = server;
    this.declaration = declaration;
    this.address = CheckRunner.literal(server, declaration.target());
  }

  /** Its time begins. A try that ends at once, as many do, never bothers the timer. */
  void begin() {
    var unusedEnd =
        result.whenComplete(
            (value, thrown) -> {
              Future<?> pending = timeout;
              if (pending != null) {
                pending.cancel(false);
              }
              runner.left();
            });
    try {
      if (address.isUnresolved()) {
        doing = "looking up " + address.getHostString();
        runner.blocking().execute(this::resolve); // anew each time, as it may have changed
      } else {
        start();
      }
      if (!result.isDone()) {
        long nanos = runner.rounded(declaration.timing().timeout().toNanos());
        Future<?> pending = runner.timer().schedule(this::timeUp, nanos, TimeUnit.NANOSECONDS);
        timeout = pending;
        if (result.isDone()) { // before it could see the timeout
          pending.cancel(false);
        }
      }
    } catch (RejectedExecutionException e) { // closed
      fail("the monitor is closed");
    }
  }

  private void timeUp() {
    fail(CheckRunner.timedOut(declaration, doing).strip());
  }

  private void resolve() {
    try {
      address = CheckRunner.resolve(address);
    } catch (UnknownHostException e) {
      fail("unknown host " + address.getHostString());
      return;
    }
    doing = "";
    try {
      runner.timer().execute(this::start);
    } catch (RejectedExecutionException e) {
      fail("the monitor is closed");
    }
  }

  private void start() {
    if (result.isDone()) {
      return;
    }
    if (!(declaration.check() instanceof ActiveCheck check)) {
      fail(CheckRunner.unrunnable(declaration.check()));
      return;
    }
    try {
      var unused =
          check
              .start(this)
              .whenComplete(
                  (value, thrown) -> {
                    if (thrown == null) {
                      result.complete(value);
                    } else {
                      fail(reason(thrown));
                    }
                  });
    } catch (RuntimeException e) { // from a check that is not ours
      fail(reason(e));
    }
  }

  private void fail(String why) {
    result.complete(CheckResult.failed(why));
  }

  private static String reason(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String message = cause.getMessage();
    if (cause instanceof IOException && message != null && !message.isEmpty()) {
      return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
    return cause.toString();
  }

  @Override
  public VirtualService service() {
    return service;
  }

  @Override
  public RealServer server() {
    return server;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public @Nullable InetAddress bind() {
    return declaration.target().bind();
  }

  @Override
  public Duration timeout() {
    return declaration.timing().timeout();
  }

  @Override
  public void doing(String what) {
    doing = what;
  }

  @Override
  public void onEnd(Runnable action) {
    var unused = result.whenComplete((value, thrown) -> action.run());
  }

  @Override
  public CompletionStage<SocketChannel> connect() {
    doing("connecting");
    SocketChannel channel;
    try {
      boolean four =
          address().getAddress() instanceof Inet4Address; // cheaper than mapped into IPv6
      channel =
          SocketChannel.open(four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
    } catch (IOException | UnsupportedOperationException e) { // no descriptors left, most likely
      return CompletableFuture.failedFuture(e);
    }
    onEnd(() -> close(channel));
    CompletableFuture<SocketChannel> connected =
        runner.connector().connect(channel, bind(), address());
    return declaration.target().proxyVersion() == 0
        ? connected
        : connected.thenApply(this::introduce);
  }

  private SocketChannel introduce(SocketChannel channel) {
    try {
      ByteBuffer preamble = preamble();
      channel.write(preamble);
      if (preamble.hasRemaining()) { // a new connection has room for more
        throw new IOException("the PROXY header could not be sent");
      }
      return channel;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Override
  public ByteBuffer preamble() {
    return switch (declaration.target().proxyVersion()) {
      case 1 -> HeaderWriter.version1(Header.LOCAL);
      case 2 -> HeaderWriter.version2(Header.LOCAL, false);
      default -> ByteBuffer.allocate(0);
    };
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The try is over; nobody could do anything about it.
    }
  }

  @Override
  public ScheduledExecutorService timer() {
    return runner.timer();
  }

  @Override
  public Executor blocking() {
    return runner.blocking();
  }
}
