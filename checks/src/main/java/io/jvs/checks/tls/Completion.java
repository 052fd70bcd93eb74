package io.jvs.checks.tls;

import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A future of what an asynchronous channel does. */
final class Completion<T extends @Nullable Object> implements CompletionHandler<T, @Nullable Void> {
  private final CompletableFuture<T> future = new CompletableFuture<>();

  CompletableFuture<T> future() {
    return future;
  }

  @Override
  public void completed(T value, @Nullable Void attachment) {
    future.complete(value);
  }

  @Override
  public void failed(Throwable cause, @Nullable Void attachment) {
    future.completeExceptionally(cause);
  }
}
