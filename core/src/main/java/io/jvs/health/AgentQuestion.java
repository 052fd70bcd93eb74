package io.jvs.health;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks an agent once. It passes if there was an answer, whatever that says, and its detail is the
 * answer's line. Run like a check, so that questions and checks share the places of the runner.
 *
 * @param send what is sent before anything is read; may be empty
 */
record AgentQuestion(String send) implements ActiveCheck {
  /** As much as haproxy keeps of an answer by default, tune.bufsize. */
  private static final int LONGEST_ANSWER = 16_384;

  private static final int USUAL_ANSWER = 128; // bytes; the buffer grows for longer ones

  @Override
  public String kind() {
    return "agent";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    CompletableFuture<CheckResult> result = new CompletableFuture<>();
    attempt.doing("connecting");
    try {
      AsynchronousSocketChannel channel = AsynchronousSocketChannel.open();
      attempt.onEnd(() -> close(channel));
      if (attempt.bind() != null) {
        channel.bind(new InetSocketAddress(attempt.bind(), 0));
      }
      Dialogue dialogue = new Dialogue(attempt, channel, result);
      channel.connect(
          attempt.address(),
          null,
          new CompletionHandler<@Nullable Void, @Nullable Void>() {
            @Override
            public void completed(@Nullable Void value, @Nullable Void attachment) {
              dialogue.write(ByteBuffer.wrap(send.getBytes(StandardCharsets.UTF_8)));
            }

            @Override
            public void failed(Throwable cause, @Nullable Void attachment) {
              dialogue.failed(cause, null);
            }
          });
    } catch (IOException | RuntimeException e) { // no descriptors left, or no such family here
      result.complete(CheckResult.failed(describe(e)));
    }
    return result;
  }

  @Override
  public String toString() {
    return kind();
  }

  /** One connection; its calls follow each other, so nothing here is synchronized. */
  private static final class Dialogue implements CompletionHandler<Integer, @Nullable Void> {
    private final CheckAttempt attempt;
    private final AsynchronousSocketChannel channel;
    private final CompletableFuture<CheckResult> result;
    private ByteBuffer received = ByteBuffer.allocate(USUAL_ANSWER);
    private ByteBuffer unsent = ByteBuffer.allocate(0);

    Dialogue(
        CheckAttempt attempt,
        AsynchronousSocketChannel channel,
        CompletableFuture<CheckResult> result) {
      this.attempt = attempt;
      this.channel = channel;
      this.result = result;
    }

    void write(ByteBuffer text) {
      unsent = text;
      attempt.doing(text.hasRemaining() ? "sending" : "waiting for the answer");
      goOn();
    }

    private void goOn() {
      try {
        if (unsent.hasRemaining()) {
          channel.write(unsent, null, this);
        } else {
          if (!received.hasRemaining()) {
            received = ByteBuffer.allocate(received.capacity() * 2).put(received.flip());
          }
          channel.read(received, null, this);
        }
      } catch (RuntimeException e) { // the channel was closed by the end of the try
        failed(e, null);
      }
    }

    @Override
    public void completed(Integer count, @Nullable Void attachment) {
      attempt.doing("waiting for the answer");
      String text =
          new String(received.array(), 0, received.position(), StandardCharsets.ISO_8859_1);
      Optional<String> line = AgentAnswer.line(text);
      if (line.isPresent()) {
        result.complete(CheckResult.passed(line.get()));
      } else if (count < 0) {
        result.complete(
            CheckResult.failed(
                text.isEmpty()
                    ? "closed without an answer"
                    : "answer without a line end, '" + shown(text) + "'"));
      } else if (received.position() == LONGEST_ANSWER) {
        result.complete(
            CheckResult.failed(
                LONGEST_ANSWER + " bytes without a line end, '" + shown(text) + "'"));
      } else {
        goOn();
      }
    }

    @Override
    public void failed(Throwable cause, @Nullable Void attachment) {
      result.complete(CheckResult.failed(describe(cause)));
    }
  }

  /** The beginning of what somebody sent, fit for a line of log. */
  static String shown(String text) {
    String start = text.length() <= 60 ? text : text.substring(0, 60) + "...";
    return start.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static void close(AsynchronousSocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // All that was wanted has been read.
    }
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isEmpty()
        ? cause.getClass().getSimpleName()
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }
}
