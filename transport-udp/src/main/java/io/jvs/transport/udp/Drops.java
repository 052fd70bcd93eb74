package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.TroubleLog;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that came no further, by reason. A line in the log says when one of the reasons begins
 * that somebody can do something about, and when it is over. Any thread.
 */
final class Drops {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  /** One reason. */
  private record Kind(LongAdder count, TroubleLog trouble) {}

  private final Map<UdpDrop, Kind> kinds = new EnumMap<>(UdpDrop.class); // does not change

  Drops() {
    for (UdpDrop why : UdpDrop.values()) {
      kinds.put(why, new Kind(new LongAdder(), new TroubleLog(LOG)));
    }
  }

  private Kind kind(UdpDrop why) {
    return Objects.requireNonNull(kinds.get(why));
  }

  /** Those that nobody need be told of, or that others tell of. */
  void count(UdpDrop why) {
    kind(why).count().increment();
  }

  /**
   * So many more.
   *
   * @param where an address or a name, for people
   */
  void count(UdpDrop why, int datagrams, Object where) {
    Kind kind = kind(why);
    kind.count().add(datagrams);
    if (!kind.trouble().goesOn()) {
      String line = line(why);
      if (line != null) {
        Object place = where instanceof InetSocketAddress ip ? SocketAddresses.format(ip) : where;
        kind.trouble().begins(() -> "udp: " + line.formatted(place) + "; counted as " + why);
      }
    }
  }

  /** To be called now and then. */
  void calm() {
    kinds.forEach(
        (why, kind) ->
            kind.trouble()
                .isOver(
                    () -> "udp: nothing is dropped as " + why + " any more; " + of(why) + " were"));
  }

  long of(UdpDrop why) {
    return kind(why).count().sum();
  }

  /**
   * All of them.
   *
   * @param hearsQueues whether the engine is told of full queues
   */
  Map<UdpDrop, Long> all(boolean hearsQueues) {
    Map<UdpDrop, Long> all = new EnumMap<>(UdpDrop.class);
    kinds.forEach((why, kind) -> all.put(why, kind.count().sum()));
    if (!hearsQueues) {
      all.remove(UdpDrop.CLIENT_QUEUE_FULL);
      all.remove(UdpDrop.SERVER_QUEUE_FULL);
    }
    return all;
  }

  private static @Nullable String line(UdpDrop why) {
    return switch (why) {
      case CLIENT_QUEUE_FULL ->
          "clients of %s send faster than they are served, and the system drops datagrams (way out:"
              + " more event loop threads, or more room: net.core.rmem_max and receiveBuffer)";
      case SERVER_QUEUE_FULL ->
          "real servers answer faster than %s is read, and the system drops datagrams (way out: more"
              + " event loop threads, or more room: net.core.rmem_max)";
      case NO_ROOM_TO_SERVERS ->
          "the system has no room for datagrams to real servers from %s, and they are dropped (way"
              + " out: net.core.wmem_default, or a faster network)";
      case NO_ROOM_TO_CLIENTS ->
          "the system has no room for answers of %s, and they are dropped (way out:"
              + " net.core.wmem_max, or a faster network)";
      case TOO_LONG ->
          "datagrams at %s are longer than their way takes (EMSGSIZE), and are dropped (way out: the"
              + " same MTU on both sides)";
      case NOT_SENT ->
          "the system refuses to send from %s, and datagrams are dropped (look at firewall and"
              + " routes)";
      case NO_SOURCE_PORT ->
          "no source port is left to ask real server %s from, and datagrams are dropped (way out:"
              + " more file descriptors, ulimit -n; a shorter timeouts.udp; responses)";
      case NO_ADDRESS_SOCKET ->
          "no socket can be had at %s, which clients ask by way of TPROXY, and datagrams are dropped"
              + " (way out: fewer addresses and ports for one service, which has "
              + TproxyEntrance.MOST
              + " at a time; more file descriptors, ulimit -n; no other program there)";
      default -> null;
    };
  }
}
