package io.jvs.launcher.configuration;

import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.Durations;
import io.jvs.model.HealthCheck;
import io.jvs.model.HealthDeclaration;
import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads health checks: the name of a check alone, an object with one check and its settings, or an
 * object with {@code checks}, a list of both.
 */
final class HealthReader {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  private static final List<String> TIMING =
      List.of("interval", "whileFailing", "jitter", "timeout", "rise", "fall");
  private static final List<String> TARGET = List.of("host", "port", "bind");

  private HealthReader() {}

  /**
   * Null if there is none, or nothing right.
   *
   * @param headers those that the service's real servers get
   */
  static @Nullable HealthDeclaration health(@Nullable Value value, ProxyVersions headers) {
    if (value == null) {
      return null;
    }
    if (value.isObject() && value.peek("check") == null) {
      return several(value, headers);
    }
    CheckDeclaration one = check(value, CheckTiming.DEFAULT, headers, "startsDown");
    if (one == null) {
      return null;
    }
    HealthDeclaration health = HealthDeclaration.all(one);
    boolean startsDown = value.isObject() && "true".equals(value.peek("startsDown"));
    return startsDown ? health.startingDown() : health;
  }

  private static @Nullable HealthDeclaration several(Value value, ProxyVersions headers) {
    int before = value.problemsSoFar();
    List<String> keys = new ArrayList<>(TIMING);
    keys.addAll(List.of("check", "checks", "need", "startsDown"));
    Fields fields =
        value.fields("a check, or an object with check or checks", keys.toArray(String[]::new));
    if (fields == null) {
      return null;
    }
    Value list = fields.get("checks");
    if (list == null) {
      fields.required("check", "one of " + CheckReaders.kinds() + "; or checks, a list of them");
      return null;
    }
    CheckTiming timing = timing(fields, CheckTiming.DEFAULT);
    List<CheckDeclaration> checks = new ArrayList<>();
    List<Value> items = list.items("a list of checks, each starting with '- '");
    for (Value item : items) {
      CheckDeclaration check = check(item, timing, headers);
      if (check != null) {
        checks.add(check);
      }
    }
    Value needValue = fields.get("need");
    int needed = needValue == null ? items.size() : needed(needValue, items.size());
    Value startsDownValue = fields.get("startsDown");
    boolean startsDown = startsDownValue != null && startsDownValue.truth();
    if (value.problemsSoFar() > before) {
      return null;
    }
    return list.checked(() -> new HealthDeclaration(checks, needed, startsDown));
  }

  private static int needed(Value value, int checks) {
    if (value.isText()) {
      String word = value.word(List.of("all", "any"), "how many checks must pass, or a number");
      return "any".equals(word) ? 1 : checks;
    }
    return value.wholeNumber(1, Math.max(1, checks), checks, " checks; or all, or any");
  }

  private static @Nullable CheckDeclaration check(
      Value value, CheckTiming usual, ProxyVersions headers, String... moreKeys) {
    if (!value.isObject()) {
      String kind = value.word(CheckReaders.kinds(), "a check");
      CheckReader reader = CheckReaders.of(kind);
      HealthCheck check = reader == null ? null : reader.settings().read(Fields.none(value), value);
      if (check == null) {
        return null;
      }
      int version = headers.of(check, null, false);
      return new CheckDeclaration(check, CheckTarget.SERVER.withProxyVersion(version), usual);
    }
    int before = value.problemsSoFar();
    CheckReader reader = CheckReaders.of(value.peek("check"));
    List<String> keys = new ArrayList<>(List.of("check"));
    keys.addAll(TARGET);
    keys.add("proxyTo");
    keys.addAll(TIMING);
    keys.addAll(List.of(moreKeys));
    if (reader != null) {
      keys.addAll(reader.keys());
    }
    Fields fields = value.fields("a check, or an object", keys.toArray(String[]::new));
    if (fields == null) {
      return null;
    }
    Value kind = fields.required("check", "one of " + CheckReaders.kinds());
    if (kind != null) {
      kind.word(CheckReaders.kinds(), "a check");
    }
    Value startsDown = fields.get("startsDown");
    if (startsDown != null) {
      startsDown.truth();
    }
    CheckTarget target = target(fields, value);
    Value proxyTo = fields.get("proxyTo");
    CheckTiming timing = timing(fields, usual);
    HealthCheck check = reader == null ? null : reader.settings().read(fields, value);
    if (check == null) {
      return null;
    }
    boolean elsewhere = target.host() != null || target.port() != 0;
    int version = headers.of(check, proxyTo, elsewhere);
    return value.problemsSoFar() > before
        ? null
        : new CheckDeclaration(check, target.withProxyVersion(version), timing);
  }

  static CheckTarget target(Fields fields, Value place) {
    Value hostValue = fields.get("host");
    Value portValue = fields.get("port");
    Value bindValue = fields.get("bind");
    String host = hostValue == null ? null : hostValue.text("an IP address or a host name");
    int port = portValue == null ? 0 : portValue.wholeNumber(1, 65_535, 0, "");
    String bindText = bindValue == null ? null : bindValue.text("a local IP address");
    InetAddress bind =
        bindText == null || bindValue == null
            ? null
            : bindValue.checked(() -> SocketAddresses.parseIp(bindText));
    CheckTarget target =
        (hostValue == null ? place : hostValue).checked(() -> new CheckTarget(host, port, bind));
    return target == null ? CheckTarget.SERVER : target;
  }

  static CheckTiming timing(Fields fields, CheckTiming usual) {
    Duration interval = duration(fields.get("interval"), SHORTEST, usual.interval());
    CheckTiming timing = usual.every(interval);
    Value failing = fields.get("whileFailing");
    if (failing != null) {
      timing = timing.whileFailing(duration(failing, SHORTEST, interval));
    } else if (fields.get("interval") == null) {
      timing = timing.whileFailing(usual.whileFailing());
    }
    Value timeout = fields.get("timeout");
    if (timeout != null) {
      Duration limit = duration(timeout, MILLISECOND, timing.timeout());
      if (limit.compareTo(interval) > 0) {
        timeout.wrong(
            Durations.format(limit)
                + " (expected: at most the interval, "
                + Durations.format(interval)
                + ")");
      } else {
        timing = timing.timeout(limit);
      }
    } else if (fields.get("interval") != null) {
      timing = timing.timeout(interval);
    }
    Value jitter = fields.get("jitter");
    if (jitter != null) {
      timing =
          timing.jitterPercent(
              jitter.wholeNumber(0, 50, usual.jitterPercent(), " percent of the interval"));
    }
    return timing
        .rise(count(fields.get("rise"), usual.rise()))
        .fall(count(fields.get("fall"), usual.fall()));
  }

  private static Duration duration(@Nullable Value value, Duration shortest, Duration usual) {
    return value == null ? usual : value.duration(shortest, LONGEST, usual);
  }

  private static int count(@Nullable Value value, int usual) {
    return value == null ? usual : value.wholeNumber(1, 100, usual, "");
  }
}
