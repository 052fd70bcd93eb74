package io.jvs.launcher.control;

import io.jvs.model.Durations;
import io.jvs.model.Network;
import io.jvs.model.Protocol;
import io.jvs.transport.LiveConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which connections somebody asks about, read from a query: {@code service}, {@code server} and
 * {@code id} as they are listed, {@code client} (a network), {@code protocol}, {@code state},
 * {@code minAge} and {@code minIdle} (durations), and for listings {@code sort} and {@code limit}.
 *
 * @param isNarrow whether it names a service, server, client or connection
 * @param limit how many to show at most
 */
public record ConnectionSelection(
    Predicate<LiveConnection> which,
    boolean isNarrow,
    Comparator<LiveConnection> order,
    int limit) {
  public static final int USUAL_LIMIT = 100;
  static final int MAX_LIMIT = 100_000;

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if a parameter is wrong, naming it
   */
  static ConnectionSelection of(Query query) {
    List<Predicate<LiveConnection>> all = new ArrayList<>();
    String service = query.get("service");
    if (service != null) {
      all.add(connection -> connection.service().equals(service));
    }
    String server = query.get("server");
    if (server != null) {
      all.add(
          connection -> connection.server() != null && connection.server().name().equals(server));
    }
    Network client = read(query, "client", Network::parse);
    if (client != null) {
      all.add(connection -> client.contains(connection.client().getAddress()));
    }
    String id = query.get("id");
    if (id != null) {
      all.add(connection -> connection.idText().equals(id));
    }
    Protocol protocol = read(query, "protocol", ConnectionSelection::protocol);
    if (protocol != null) {
      all.add(connection -> connection.protocol() == protocol);
    }
    LiveConnection.State state =
        read(query, "state", text -> constant(LiveConnection.State.class, text));
    if (state != null) {
      all.add(connection -> connection.state() == state);
    }
    Duration older = read(query, "minAge", ConnectionSelection::duration);
    if (older != null) {
      all.add(connection -> connection.age().compareTo(older) >= 0);
    }
    Duration idle = read(query, "minIdle", ConnectionSelection::duration);
    if (idle != null) {
      all.add(connection -> connection.idle() != null && connection.idle().compareTo(idle) >= 0);
    }
    Sort sort = read(query, "sort", text -> constant(Sort.class, text));
    Integer limit = read(query, "limit", ConnectionSelection::limit);
    return new ConnectionSelection(
        all.stream().reduce(connection -> true, Predicate::and),
        service != null || server != null || client != null || id != null,
        order(sort == null ? Sort.AGE : sort),
        limit == null ? USUAL_LIMIT : limit);
  }

  /** What comes first. */
  public enum Sort {
    /** The oldest. */
    AGE,
    /** Most bytes, both ways together. */
    BYTES,
    /** Longest without a byte. */
    IDLE
  }

  private static Comparator<LiveConnection> order(Sort by) {
    Comparator<LiveConnection> least =
        switch (by) {
          case AGE -> Comparator.comparing(LiveConnection::age);
          case BYTES ->
              Comparator.comparingLong(each -> each.bytesFromClient() + each.bytesToClient());
          case IDLE ->
              Comparator.comparing(each -> each.idle() == null ? Duration.ZERO : each.idle());
        };
    return least.reversed();
  }

  private static <T> @Nullable T read(Query query, String name, Function<String, T> reader) {
    String text = query.get(name);
    if (text == null) {
      return null;
    }
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    for (E each : type.getEnumConstants()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(text)) {
        return each;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' (expected: one of "
            + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT)
            + ")");
  }

  private static Protocol protocol(String text) {
    return switch (text) {
      case "tcp" -> Protocol.TCP;
      case "udp" -> Protocol.UDP;
      default -> throw new IllegalArgumentException("'" + text + "' (expected: tcp or udp)");
    };
  }

  private static Duration duration(String text) {
    return Durations.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + text + "' (expected: a duration such as 30s or 2h)"));
  }

  private static int limit(String text) {
    if (!text.matches("[0-9]{1,6}") || Integer.parseInt(text) > MAX_LIMIT) {
      throw new IllegalArgumentException("'" + text + "' (expected: 0 to " + MAX_LIMIT + ")");
    }
    return Integer.parseInt(text);
  }
}
