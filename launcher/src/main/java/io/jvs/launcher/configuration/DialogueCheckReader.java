package io.jvs.launcher.configuration;

import io.jvs.checks.Regex;
import io.jvs.checks.dialogue.DialogueCheck;
import io.jvs.checks.dialogue.Step;
import io.jvs.checks.dialogue.Step.Expect;
import io.jvs.checks.dialogue.Step.Reject;
import io.jvs.checks.dialogue.Step.Send;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.model.HealthCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: dialogue}: a list of steps, each an object with one key. */
final class DialogueCheckReader {
  static final CheckReader READER =
      new CheckReader("dialogue", List.of("steps", "tls"), DialogueCheckReader::read);

  private static final String A_STEP =
      "a step: an object with one of expect, expectLine, reject, send and startTls";

  private DialogueCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    TlsSettings tls = TlsReader.behind(fields.get("tls"));
    Value list = fields.required("steps", "a list of steps");
    if (list == null) {
      return null;
    }
    List<Step> steps = new ArrayList<>();
    int lastSent = 0;
    int number = 0;
    for (Value item : list.items("a list of steps, each starting with '- '")) {
      number++;
      Step step = step(item, lastSent);
      if (step instanceof Send) {
        lastSent = number;
      }
      if (step != null) {
        steps.add(step);
      }
    }
    if (place.problemsSoFar() > before) {
      return null;
    }
    return list.checked(() -> new DialogueCheck("dialogue", steps, tls));
  }

  private static @Nullable Step step(Value item, int lastSent) {
    int before = item.problemsSoFar();
    Fields fields =
        item.fields(A_STEP, "expect", "expectLine", "reject", "send", "startTls", "name");
    if (fields == null) {
      return null;
    }
    Value nameValue = fields.get("name");
    String usual = lastSent == 0 ? "greeting" : "answer to step " + lastSent;
    String name = nameValue == null ? usual : nameValue.text("what is expected, such as greeting");
    List<Step> steps = new ArrayList<>();
    add(steps, fields.get("expect"), regex -> new Expect(regex, null, name == null ? usual : name));
    add(
        steps,
        fields.get("expectLine"),
        regex -> Expect.line(regex.toString(), name == null ? usual : name));
    add(steps, fields.get("reject"), Reject::new);
    send(steps, fields.get("send"));
    TlsSettings tls = TlsReader.behind(fields.get("startTls"));
    if (tls != null) {
      steps.add(new Step.StartTls(tls));
    }
    if (item.problemsSoFar() > before) {
      return null;
    }
    if (steps.size() != 1) {
      item.wrong(steps.size() + " steps in one (expected: " + A_STEP + ")");
      return null;
    }
    if (nameValue != null && !(steps.get(0) instanceof Expect)) {
      nameValue.wrong("of a step that expects nothing (expected: beside expect or expectLine)");
      return null;
    }
    return steps.get(0);
  }

  private static void add(
      List<Step> steps, @Nullable Value value, Function<Regex, Step> constructor) {
    String text = value == null ? null : value.text("a regular expression");
    if (value != null && text != null) {
      Step step = value.checked(() -> constructor.apply(Regex.of(text)));
      if (step != null) {
        steps.add(step);
      }
    }
  }

  private static void send(List<Step> steps, @Nullable Value value) {
    String text = value == null ? null : value.scalar("a text to send");
    if (value != null && text != null) {
      Step step = value.checked(() -> new Send(Escapes.resolve(text)));
      if (step != null) {
        steps.add(step);
      }
    }
  }
}
