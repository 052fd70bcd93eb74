package io.jvs.checks.dialogue;

import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A conversation over TCP: the steps one after the other, and it has passed when the last one is
 * done. The detail of a success is the first line that was expected and came. An answer of more
 * than {@value Dialogue#MAX_ANSWER} bytes is a failure. (haproxy's {@code tcp-check}, Mon's {@code
 * tcp.monitor}, ldirectord's {@code simpletcp}.)
 *
 * @param kind for messages: {@code dialogue}, or the protocol
 * @param steps 1 to {@value #MAX_STEPS}
 * @param tls in which all of it takes place, or null for plain text at the start
 */
public record DialogueCheck(String kind, List<Step> steps, @Nullable TlsSettings tls)
    implements ActiveCheck {
  public static final int MAX_STEPS = 64;

  public DialogueCheck {
    steps = List.copyOf(steps);
    if (steps.isEmpty() || steps.size() > MAX_STEPS) {
      throw new IllegalArgumentException(
          kind + ": " + steps.size() + " steps (expected: 1 to " + MAX_STEPS + ")");
    }
    boolean secure = tls != null;
    boolean expected = false;
    for (Step step : steps) {
      if (step instanceof Step.StartTls) {
        if (secure) {
          throw new IllegalArgumentException(
              kind + ": startTls in a dialogue that is in TLS already (expected: once at most)");
        }
        secure = true;
      }
      expected |= step instanceof Step.Expect;
    }
    if (!expected) {
      throw new IllegalArgumentException(
          kind
              + ": nothing is expected (expected: at least one step that waits for an answer;"
              + " to see only whether a connection can be opened, use tcp-connect)");
    }
  }

  /** In plain text, at least at the start. */
  public static DialogueCheck of(Step... steps) {
    return new DialogueCheck("dialogue", List.of(steps), null);
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return new Dialogue(this, attempt).begin();
  }

  /** {@code smtp}, {@code dialogue of 3 steps over tls}. */
  @Override
  public String toString() {
    return kind
        + (kind.equals("dialogue")
            ? " of " + steps.size() + (steps.size() == 1 ? " step" : " steps")
            : "")
        + (tls == null ? "" : " over " + tls);
  }
}
