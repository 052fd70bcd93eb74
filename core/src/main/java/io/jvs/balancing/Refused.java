package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * No connection, and why, server by server.
 *
 * @param service name of the virtual service
 * @param cause the reason in one word, bounded for metrics
 * @param servers one reason for each server of the service, in list order; no reasons if the
 *     service is closed
 */
public record Refused(String service, Cause cause, List<ServerReason> servers)
    implements Admission {
  public Refused {
    servers = List.copyOf(servers);
  }

  /** The reason in one word. */
  public enum Cause {
    /** The service is closed or being drained. */
    CLOSED,
    /** It has no real servers at all. */
    NO_SERVERS,
    /** Every server has weight 0. */
    ALL_QUIESCED,
    /** Every server is down. */
    ALL_DOWN,
    /** Every server is at its connection limit. */
    ALL_FULL,
    /** Every server has been tried for this flow, or as many as it may try. */
    ALL_TRIED,
    /** Fewer servers are up than the service's quorum asks for. */
    NO_QUORUM,
    /** None may be chosen, for different reasons. */
    NONE_USABLE,
    /** There were usable servers, but the policy chose none, as {@code sh} may. */
    NOT_CHOSEN,
    /** The service is not for this client: its access list says so. */
    NOT_ALLOWED,
    /** The service has as many connections as it may have. */
    SERVICE_FULL,
    /** The client has as many connections as it may have. */
    CLIENT_FULL,
    /** More new connections than the service takes in that time. */
    TOO_FAST,
    /** More new connections than the service takes from one client in that time. */
    CLIENT_TOO_FAST,
    /** Every server is full, and so is the queue before them. */
    QUEUE_FULL,
    /** It has waited in the queue as long as it may. */
    QUEUE_TIMEOUT,
    /** What the client sent first was not what it must begin with, such as a PROXY header. */
    BAD_START;

    /** As in metrics and messages: {@code all-down}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Why one server was not taken. */
  public enum Why {
    QUIESCED,
    DOWN,
    FULL,
    TRIED,
    NOT_CHOSEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Why one server was not taken.
   *
   * @param text for people: {@code full 100/100}, {@code down since … (connect refused)}
   */
  public record ServerReason(RealServer server, Why why, String text) {
    @Override
    public String toString() {
      return server.name() + " " + text;
    }
  }

  /** {@code web: no real server (all-down): 10.0.0.1:80 down since …, …}. */
  @Override
  public String toString() {
    return service
        + ": no real server ("
        + cause
        + ")"
        + (servers.isEmpty()
            ? ""
            : servers.stream()
                .map(ServerReason::toString)
                .collect(Collectors.joining("; ", ": ", "")));
  }
}
