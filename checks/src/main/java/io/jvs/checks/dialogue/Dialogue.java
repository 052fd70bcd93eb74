package io.jvs.checks.dialogue;

import io.jvs.checks.Received;
import io.jvs.checks.Regex;
import io.jvs.checks.tls.CertificateDates;
import io.jvs.checks.tls.TlsChannel;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One try of a dialogue. Its steps are taken on the attempt's threads for what blocks, as a regex
 * may take its time; each waits for the one before, so nothing here is synchronized.
 */
final class Dialogue {
  /** Bytes that may come before what is expected. */
  static final int MAX_ANSWER = 64 * 1024;

  private static final int READ_SIZE = 4096;

  private final DialogueCheck check;
  private final CheckAttempt attempt;
  private final CompletableFuture<CheckResult> result = new CompletableFuture<>();
  private final List<Regex> refused = new ArrayList<>();
  private final StringBuilder received = new StringBuilder();
  private final ByteBuffer buffer = ByteBuffer.allocate(READ_SIZE);
  private @Nullable TlsChannel connection;
  private @Nullable String firstLine;
  private @Nullable String warning;
  private int next;

  Dialogue(DialogueCheck check, CheckAttempt attempt) {
    this.check = check;
    this.attempt = attempt;
  }

  CompletableFuture<CheckResult> begin() {
    attempt.doing("connecting");
    then(
        TlsChannel.connect(attempt),
        "",
        connected -> {
          connection = connected;
          TlsSettings tls = check.tls();
          if (tls == null) {
            step();
          } else {
            secure(tls);
          }
        });
    return result;
  }

  /** Takes steps until one has to wait. */
  private void step() {
    while (next < check.steps().size()) {
      Step step = check.steps().get(next);
      if (step instanceof Step.Expect expect) {
        if (!found(expect)) {
          return;
        }
      } else if (step instanceof Step.Send send) {
        send(send);
        return;
      } else if (step instanceof Step.Reject reject) {
        refused.add(reject.refused());
      } else if (step instanceof Step.StartTls startTls) {
        next++;
        startTls(startTls.settings());
        return;
      }
      next++;
    }
    CheckResult passed = CheckResult.passed(firstLine == null ? "answered" : firstLine);
    result.complete(warning == null ? passed : passed.withWarning(warning));
  }

  /** Whether what is expected is there; if not, the dialogue has failed or is waiting. */
  private boolean found(Step.Expect expect) {
    for (Regex bad : refused) {
      if (bad.find(received) >= 0) {
        fail(expected(expect) + " without '" + bad + "', got " + got());
        return false;
      }
    }
    Regex whole = expect.whole();
    int end = (whole == null ? expect.accepted() : whole).find(received);
    if (end < 0) {
      awaitMore(expect);
      return false;
    }
    if (whole != null && expect.accepted().find(received.substring(0, end)) < 0) {
      fail(expected(expect) + like(expect) + ", got " + got());
      return false;
    }
    if (firstLine == null) {
      firstLine = got();
    }
    received.delete(0, end);
    return true;
  }

  private void awaitMore(Step.Expect expect) {
    if (received.length() > MAX_ANSWER) {
      String without = ", got more than " + MAX_ANSWER + " bytes without it: ";
      fail(expected(expect) + like(expect) + without + got());
      return;
    }
    boolean nothing = received.isEmpty();
    attempt.doing(
        "waiting for the "
            + expect.name()
            + (nothing ? "" : like(expect) + ", so far got " + got()));
    then(
        connection().read(buffer.clear()),
        " before the " + expect.name(),
        count -> {
          if (count < 0) {
            fail(
                "closed by the server before the "
                    + expect.name()
                    + (nothing ? "" : like(expect) + ", after " + got()));
          } else {
            received.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
            step();
          }
        });
  }

  private void send(Step.Send send) {
    attempt.doing("sending step " + (next + 1));
    then(
        connection().write(ByteBuffer.wrap(send.bytes())),
        " while step " + (next + 1) + " was sent",
        done -> {
          next++;
          step();
        });
  }

  private void startTls(TlsSettings tls) {
    if (received.length() > 0) {
      fail("plain text after the agreement to start TLS: " + got());
    } else {
      secure(tls);
    }
  }

  private void secure(TlsSettings tls) {
    attempt.doing("in the TLS handshake");
    then(
        connection().startTls(tls, List.of()),
        "",
        session -> {
          warning = CertificateDates.warning(session, tls);
          step();
        });
  }

  private TlsChannel connection() {
    return Objects.requireNonNull(connection, "no step is taken before there is a connection");
  }

  private interface Continuation<T extends @Nullable Object> {
    void with(T value);
  }

  /** Goes on, with what has come, where regexes may run. */
  private <T extends @Nullable Object> void then(
      CompletableFuture<T> coming, String whenFailed, Continuation<T> go) {
    try {
      var unused =
          coming.whenCompleteAsync(
              (value, thrown) -> {
                if (thrown == null) {
                  guarded(() -> go.with(value));
                } else {
                  fail(TlsChannel.reason(thrown) + whenFailed);
                }
              },
              attempt.blocking());
    } catch (RejectedExecutionException e) {
      fail("the monitor is closed");
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (Regex.TooHard e) {
      fail(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) { // ours, if ever: the try must end, and tell
      result.completeExceptionally(e);
    }
  }

  private void fail(String why) {
    result.complete(CheckResult.failed(why));
  }

  private String got() {
    return received.isEmpty()
        ? "nothing"
        : Received.quote(received.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String expected(Step.Expect expect) {
    boolean vowel = "aeiou".indexOf(Character.toLowerCase(expect.name().charAt(0))) >= 0;
    return "expected " + (vowel ? "an " : "a ") + expect.name();
  }

  private static String like(Step.Expect expect) {
    return " like '" + expect.accepted() + "'";
  }
}
