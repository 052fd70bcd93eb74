package io.jvs.launcher.control;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Path and parameters of a question, such as {@code /explain?service=web&server=10.0.0.1%3A80}. */
public record Query(String path, Map<String, String> parameters) {
  public Query {
    parameters = new LinkedHashMap<>(parameters); // in their order, for people who look at it
  }

  /** Reads a request target; what cannot be decoded is an {@link IllegalArgumentException}. */
  static Query parse(String target) {
    int mark = target.indexOf('?');
    Map<String, String> parameters = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&", -1)) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parameters.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return new Query(mark < 0 ? target : target.substring(0, mark), parameters);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  @Nullable String get(String name) {
    return parameters.get(name);
  }

  /**
   * The value of a parameter.
   *
   * @throws IllegalArgumentException if it is absent
   */
  String require(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          path + " without " + name + " (expected: ?" + name + "=…)");
    }
    return value;
  }

  /** As it stands in a request. */
  public String target() {
    return path
        + parameters.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", parameters.isEmpty() ? "" : "?", ""));
  }
}
