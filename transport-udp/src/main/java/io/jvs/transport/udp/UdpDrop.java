package io.jvs.transport.udp;

import java.util.Locale;

/** Why a datagram came no further than here; bounded, for counters and metrics. */
public enum UdpDrop {
  /**
   * Clients sent faster than it was read, so the system's queue of a listening socket was full
   * (SO_RXQ_OVFL, socket(7)); or its checksum was wrong. A train that the system has joined counts
   * once. Not known with {@link UdpEngine#NIO}.
   */
  CLIENT_QUEUE_FULL,
  /** Likewise for real servers, and the queue of a source port. */
  SERVER_QUEUE_FULL,
  /** The system had no room to send it to a real server: its buffers or those of a device. */
  NO_ROOM_TO_SERVERS,
  /** Likewise for clients. */
  NO_ROOM_TO_CLIENTS,
  /** It is longer than the way to its destination takes, and must not be cut (EMSGSIZE). */
  TOO_LONG,
  /** The system did not send it: forbidden by the firewall, no way to there. */
  NOT_SENT,
  /** Its time to live was over, see {@link UdpOptions#passTtl}. */
  EXPIRED,
  /** No source port towards its real server was left, or no file descriptor for one. */
  NO_SOURCE_PORT,
  /**
   * No socket could be had at the address and port that a client of TPROXY has asked, from which it
   * must be answered: there are too many, or another program has it.
   */
  NO_ADDRESS_SOCKET,
  /** No real server, or its client may not come in; the service counts causes. */
  REFUSED,
  /** Of a new client of a service that is carried no more. */
  NO_SERVICE,
  /** Its client sent more than {@code packetsPerClient} allows; the service counts it too. */
  TOO_MANY_PACKETS,
  /** A policy threw something. */
  POLICY_FAILED,
  /** It came from a real server, and its flow was over: late answers. */
  STRAY;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** As in metrics and messages: {@code client-queue-full}. */
  @Override
  public String toString() {
    return text;
  }
}
