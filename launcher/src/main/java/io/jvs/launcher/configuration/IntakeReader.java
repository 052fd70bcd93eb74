package io.jvs.launcher.configuration;

import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.ServiceLimits;
import io.jvs.model.ServiceLimits.Queue;
import io.jvs.model.ServiceLimits.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads who may come in: access lists and limits of a service. */
final class IntakeReader {
  private static final String RATE =
      "a rate such as 100/s, 6000/min, 50/h or 9/d, or an object with count, per and burst";
  private static final Pattern RATE_FORM = Pattern.compile("(\\d{1,10})/(s|min|h|d)");
  private static final Map<String, Duration> UNITS =
      Map.of(
          "s", Duration.ofSeconds(1),
          "min", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final int MOST = 1_000_000_000;

  private IntakeReader() {}

  static AccessList access(@Nullable Value value) {
    Fields fields =
        value == null ? null : value.fields("an object with allow and deny", "allow", "deny");
    if (fields == null) {
      return AccessList.EVERYBODY;
    }
    Map<Network, Integer> lines = new HashMap<>();
    List<Network> allow = networks(fields.get("allow"), lines);
    List<Network> deny = networks(fields.get("deny"), lines);
    return new AccessList(allow, deny);
  }

  /** Those that are not in any list yet. */
  private static List<Network> networks(@Nullable Value value, Map<Network, Integer> lines) {
    List<Network> networks = new ArrayList<>();
    if (value == null) {
      return networks;
    }
    String expected = "a list of networks such as 10.0.0.0/8, 2001:db8::/32 or single addresses";
    for (Value item : value.items(expected)) {
      String text = item.scalar("a network such as 10.0.0.0/8");
      Network network = text == null ? null : item.checked(() -> Network.parse(text));
      if (network == null) {
        continue;
      }
      Integer first = lines.putIfAbsent(network, item.line());
      if (first == null) {
        networks.add(network);
      } else {
        item.wrong(network + " is in line " + first + " too (expected: once, in one of the lists)");
      }
    }
    return networks;
  }

  static ServiceLimits limits(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with connections, perClient, rate, ratePerClient, packetsPerClient and"
                    + " queue",
                "connections",
                "perClient",
                "rate",
                "ratePerClient",
                "packetsPerClient",
                "queue");
    if (fields == null) {
      return ServiceLimits.NONE;
    }
    return new ServiceLimits(
        number(fields.get("connections")),
        number(fields.get("perClient")),
        rate(fields.get("rate")),
        rate(fields.get("ratePerClient")),
        rate(fields.get("packetsPerClient")),
        queue(fields.get("queue")));
  }

  private static int number(@Nullable Value value) {
    return value == null ? 0 : value.wholeNumber(0, Integer.MAX_VALUE, 0, "; 0 for no limit");
  }

  private static @Nullable Rate rate(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (value.isObject()) {
      return detailedRate(value);
    }
    String text = value.scalar(RATE);
    if (text == null) {
      return null;
    }
    Matcher matcher = RATE_FORM.matcher(text);
    long count = matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    if (count < 1 || count > MOST) {
      value.wrong("'" + text + "' (expected: " + RATE + "; 1 to " + MOST + ")");
      return null;
    }
    return Rate.of((int) count, UNITS.getOrDefault(matcher.group(2), Duration.ofSeconds(1)));
  }

  private static @Nullable Rate detailedRate(Value value) {
    int before = value.problemsSoFar();
    Fields fields = value.fields(RATE, "count", "per", "burst");
    if (fields == null) {
      return null;
    }
    Value countValue = fields.required("count", "how many, 1 to " + MOST);
    Value perValue = fields.get("per");
    Value burstValue = fields.get("burst");
    int count = countValue == null ? 1 : countValue.wholeNumber(1, MOST, 1, "");
    Duration second = Duration.ofSeconds(1);
    Duration per =
        perValue == null
            ? second
            : perValue.duration(Duration.ofMillis(1), Duration.ofDays(1), second);
    int burst =
        burstValue == null ? count : burstValue.wholeNumber(1, MOST, 1, ", that may come at once");
    return value.problemsSoFar() > before ? null : new Rate(count, per, burst);
  }

  private static @Nullable Queue queue(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields("an object with length and timeout", "length", "timeout");
    if (fields == null) {
      return null;
    }
    Value lengthValue = fields.required("length", "how many clients may wait, 1 to 1000000");
    Value timeoutValue = fields.required("timeout", "how long each may wait, 1ms to 1h");
    int length = lengthValue == null ? 1 : lengthValue.wholeNumber(1, 1_000_000, 1, "");
    Duration second = Duration.ofSeconds(1);
    Duration timeout =
        timeoutValue == null
            ? second
            : timeoutValue.duration(Duration.ofMillis(1), Duration.ofHours(1), second);
    return new Queue(length, timeout);
  }
}
