package io.jvs.launcher.configuration;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads whether and how ends of connections are logged. */
final class ConnectionLogReader {
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,4})?)%");
  private static final Pattern RATE = Pattern.compile("(\\d{1,7})/s");
  private static final int MAX_RATE = 1_000_000;
  private static final ConnectionLogSettings USUAL = ConnectionLogSettings.DEFAULT;

  private ConnectionLogReader() {}

  static @Nullable ConnectionLogSettings read(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with settings, {} for the usual ones",
                "file",
                "sample",
                "failuresAlways",
                "atMost");
    if (fields == null) {
      return null;
    }
    Value file = fields.get("file");
    Value sample = fields.get("sample");
    Value failures = fields.get("failuresAlways");
    Value atMost = fields.get("atMost");
    Path path = file == null ? null : file.path("a path");
    return new ConnectionLogSettings(
        path,
        sample == null ? USUAL.sample() : sample(sample),
        failures == null ? USUAL.failuresAlways() : failures.truth(),
        atMost == null ? USUAL.perSecond() : rate(atMost));
  }

  private static double sample(Value value) {
    String expected = "a part of connections such as 1% or 0.5%";
    String text = value.scalar(expected);
    Matcher matcher = PERCENT.matcher(text == null ? "" : text);
    double percent = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (text != null && (percent <= 0 || percent > 100)) {
      value.wrong(
          "'"
              + text
              + "' (expected: "
              + expected
              + ", more than 0% and at most 100%; to log none,"
              + " leave connectionLog out)");
      return USUAL.sample();
    }
    return percent / 100;
  }

  private static int rate(Value value) {
    String expected = "lines in a second such as 1000/s";
    String text = value.scalar(expected);
    Matcher matcher = RATE.matcher(text == null ? "" : text);
    int rate = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (text != null && (rate < 1 || rate > MAX_RATE)) {
      value.wrong("'" + text + "' (expected: " + expected + ", 1/s to " + MAX_RATE + "/s)");
      return USUAL.perSecond();
    }
    return rate;
  }
}
