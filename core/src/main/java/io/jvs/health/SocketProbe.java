package io.jvs.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Real connections, on the JDK's own asynchronous channels. */
final class SocketProbe {
  private SocketProbe() {}

  static CompletionStage<CheckResult> connect(CheckAttempt attempt) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    attempt.doing("connecting");
    try {
      AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
      attempt.onEnd(() -> close(channel));
      if (attempt.bind() != null) {
        channel.bind(new InetSocketAddress(attempt.bind(), 0));
      }
      channel.connect(
          attempt.address(),
          null,
          new CompletionHandler<@Nullable Void, @Nullable Void>() {
            @Override
            public void completed(@Nullable Void value, @Nullable Void attachment) {
              reset(channel);
              result.complete(CheckResult.passed("connected"));
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
              result.complete(CheckResult.failed(describe(cause)));
            }
          });
    } catch (IOException | RuntimeException e) { // no descriptors left, or no such family here
      result.complete(CheckResult.failed(describe(e)));
    }
    return result;
  }

  /** Closing will reset the connection, so that thousands of checks leave no TIME_WAIT behind. */
  private static void reset(AsynchronousSocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      // Closed by the server already: then there is nothing to reset.
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
    return message == null
        ? cause.getClass().getSimpleName()
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }
}
