package io.jvs.launcher.control;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.model.Durations;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for about one server.
 *
 * @param order what, or null to take back what was ordered
 */
public record OrderRequest(String service, InetSocketAddress server, @Nullable AdminOrder order) {

  /**
   * Reads it from a query: {@code service}, {@code server}, {@code kind} (or {@code release}),
   * {@code weight}, {@code who}, {@code why}, {@code until} and {@code deadline}, which are times
   * or durations from now.
   *
   * @throws IllegalArgumentException if it is not one, naming the parameter
   */
  static OrderRequest of(Query query, Instant now) {
    String kind = query.require("kind");
    String service = query.require("service");
    InetSocketAddress server = SocketAddresses.parse(query.require("server"));
    if (kind.equals("release")) {
      return new OrderRequest(service, server, null);
    }
    List<String> kinds = new ArrayList<>();
    for (Kind each : Kind.values()) {
      kinds.add(each.toString());
    }
    if (!kinds.contains(kind)) {
      throw new IllegalArgumentException(
          "kind '" + kind + "' (expected: release or one of " + kinds + ")");
    }
    String why = query.get("why");
    return new OrderRequest(
        service,
        server,
        new AdminOrder(
            Kind.valueOf(kind.toUpperCase(Locale.ROOT).replace('-', '_')),
            weight(query.get("weight")),
            query.require("who"),
            why == null ? "" : why,
            time("until", query.get("until"), now),
            time("deadline", query.get("deadline"), now)));
  }

  private static int weight(@Nullable String text) {
    try {
      return text == null ? 0 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "weight '" + text + "' (expected: a whole number, 0 to 65535)", e);
    }
  }

  /** A duration from now, or a time of day with a date, as ISO 8601. */
  static @Nullable Instant time(String name, @Nullable String text, Instant now) {
    if (text == null) {
      return null;
    }
    Duration fromNow = Durations.parse(text).orElse(null);
    if (fromNow != null) {
      return now.plus(fromNow);
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          name
              + " '"
              + text
              + "' (expected: a duration from now such as 10m, or a time such as"
              + " 2026-01-31T12:00:00Z)",
          e);
    }
  }

  /** A query that says the same. */
  public static Query query(
      String kind, String service, String server, Map<String, String> settings) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("service", service);
    parameters.put("server", server);
    parameters.put("kind", kind);
    parameters.putAll(settings);
    return new Query("/order", parameters);
  }
}
