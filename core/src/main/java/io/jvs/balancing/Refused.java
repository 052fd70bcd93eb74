package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * No connection, and why.
 *
 * @param service name of the virtual service
 * @param cause the reason in one word, bounded for metrics
 * @param servers one reason for each server of the service, in list order; none if it is not about
 *     servers
 * @param detail for people, such as {@code 203.0.113.7 has 10 connections, its limit}; may be empty
 */
public record Refused(String service, Cause cause, List<ServerReason> servers, String detail)
    implements Admission {
  public Refused {
    servers = List.copyOf(servers);
  }

  /** Because of its servers. */
  public Refused(String service, Cause cause, List<ServerReason> servers) {
    this(service, cause, servers, "");
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

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** Whether real servers were asked for; else it was refused before. */
    public boolean isAboutServers() {
      return compareTo(NOT_CHOSEN) <= 0;
    }

    /** As in metrics and messages: {@code all-down}. */
    @Override
    public String toString() {
      return text;
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

  /**
   * {@code web: no real server (all-down): 10.0.0.1:80 down since …, …}, or {@code web: refused
   * (client-full): 203.0.113.7 has 10 connections, its limit}.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(service);
    out.append(cause.isAboutServers() ? ": no real server (" : ": refused (");
    out.append(cause).append(')');
    if (!detail.isEmpty()) {
      out.append(": ").append(detail);
    }
    if (!servers.isEmpty()) {
      out.append(
          servers.stream()
              .map(ServerReason::toString)
              .collect(Collectors.joining("; ", detail.isEmpty() ? ": " : "; ", "")));
    }
    return out.toString();
  }
}
