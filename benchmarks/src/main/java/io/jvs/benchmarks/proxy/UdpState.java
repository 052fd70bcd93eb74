package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code jvs status --json} says of the UDP transport.
 *
 * @param flows at the moment
 * @param evicted flows that ended before their time, since the start
 * @param sourcePorts from which real servers are asked at the moment
 * @param dropped datagrams that were not passed on, since the start, by reason; without those there
 *     are none of
 */
record UdpState(long flows, long evicted, long sourcePorts, Map<String, Long> dropped) {
  private static final Pattern NUMBER = Pattern.compile("\"([^\"]+)\"\\s*:\\s*(\\d+)");

  static UdpState parse(String json) throws IOException {
    String udp = object(json, "udp");
    Map<String, Long> numbers = numbers(udp);
    Map<String, Long> dropped = numbers(object(udp, "dropped"));
    dropped.values().removeIf(number -> number == 0);
    return new UdpState(
        number(numbers, "flows"),
        number(numbers, "evicted"),
        number(numbers, "sourcePorts"),
        dropped);
  }

  /** For whatever reason. */
  long allDropped() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  /** From its first brace to the last; none of its strings has one. */
  private static String object(String json, String name) throws IOException {
    Matcher start = Pattern.compile("\"" + name + "\"\\s*:\\s*\\{").matcher(json);
    if (!start.find()) {
      throw new IOException("the status has no object '" + name + "': " + json);
    }
    int depth = 1;
    int end = start.end();
    while (depth > 0 && end < json.length()) {
      char c = json.charAt(end++);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
    return json.substring(start.start(), end);
  }

  private static Map<String, Long> numbers(String object) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    Matcher number = NUMBER.matcher(object);
    while (number.find()) {
      numbers.put(number.group(1), Long.valueOf(number.group(2)));
    }
    return numbers;
  }

  private static long number(Map<String, Long> numbers, String name) throws IOException {
    Long number = numbers.get(name);
    if (number == null) {
      throw new IOException("the status of the UDP transport has no '" + name + "': " + numbers);
    }
    return number;
  }
}
