package io.jvs.health;

import io.jvs.model.HealthDeclaration;
import io.jvs.model.HealthDeclaration.TcpConnect;
import io.jvs.model.RealServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real checks over real sockets, on the JDK's own asynchronous channels. */
final class SocketProbe implements Probe {
  private final ScheduledExecutorService timer;

  SocketProbe(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  @Override
  public CompletionStage<Result> start(RealServer server, HealthDeclaration declaration) {
    TcpConnect check = (TcpConnect) declaration.check(); // the only kind there is
    InetSocketAddress address = server.address();
    int port = check.port() == 0 ? address.getPort() : check.port();
    if (!address.isUnresolved()) {
      return connect(new InetSocketAddress(address.getAddress(), port), declaration);
    }
    // Anew each time, as the address may have changed; elsewhere, as it may take its time.
    return CompletableFuture.supplyAsync(() -> new InetSocketAddress(address.getHostString(), port))
        .thenCompose(
            resolved ->
                resolved.isUnresolved()
                    ? CompletableFuture.completedFuture(
                        Result.failed("unknown host " + resolved.getHostString()))
                    : connect(resolved, declaration));
  }

  private CompletableFuture<Result> connect(
      InetSocketAddress target, HealthDeclaration declaration) {
    CompletableFuture<Result> result = new CompletableFuture<>();
    try {
      connect(AsynchronousSocketChannel.open(), target, declaration, result);
    } catch (IOException | RuntimeException e) { // no descriptors left, or the timer has stopped
      result.complete(Result.failed(describe(e)));
    }
    return result;
  }

  private void connect(
      AsynchronousSocketChannel channel,
      SocketAddress target,
      HealthDeclaration declaration,
      CompletableFuture<Result> result) {
    ScheduledFuture<?> timeout =
        timer.schedule(
            () -> {
              long millis = declaration.timeout().toMillis();
              result.complete(Result.failed("connect timed out after " + millis + " ms"));
            },
            declaration.timeout().toNanos(),
            TimeUnit.NANOSECONDS);
    var unused =
        result.whenComplete(
            (value, thrown) -> {
              timeout.cancel(false);
              close(channel);
            });
    try {
      channel.connect(
          target,
          null,
          new CompletionHandler<@Nullable Void, @Nullable Void>() {
            @Override
            public void completed(@Nullable Void value, @Nullable Void attachment) {
              result.complete(Result.PASSED);
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
              result.complete(Result.failed(describe(cause)));
            }
          });
    } catch (RuntimeException e) { // such as a family this machine does not have
      result.complete(Result.failed(describe(e)));
    }
  }

  private static void close(AsynchronousSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // A probe socket without data: nothing is lost, and nobody could do anything about it.
    }
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
