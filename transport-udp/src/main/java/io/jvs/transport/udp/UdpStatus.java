package io.jvs.transport.udp;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * Numbers of a transport as a whole.
 *
 * @param engine what moves the datagrams: {@code epoll} or {@code nio}
 * @param flows how many there are
 * @param maxFlows how many there may be
 * @param evicted flows that ended before their time, because there were too many
 * @param sourcePorts ports from which real servers are asked
 * @param drops datagrams that came no further, by reason; a reason that the engine hears nothing of
 *     is missing
 * @param quicIds connection ids that are remembered
 * @param quicIdsEvicted connection ids forgotten before their time, or not remembered, for want of
 *     room
 * @param quicFollowed flows that went to the real server that their connection id belongs to, most
 *     of them of clients whose address or port has changed
 * @param unreachableTold clients that were told by ICMP that no real server takes what they send
 */
public record UdpStatus(
    String engine,
    int flows,
    int maxFlows,
    long evicted,
    int sourcePorts,
    Map<UdpDrop, Long> drops,
    int quicIds,
    long quicIdsEvicted,
    long quicFollowed,
    long unreachableTold) {
  public UdpStatus {
    Map<UdpDrop, Long> copy = new EnumMap<>(UdpDrop.class);
    copy.putAll(drops);
    drops = Collections.unmodifiableMap(copy);
  }

  /** Datagrams that were dropped for this reason, as far as is known. */
  public long dropped(UdpDrop why) {
    return drops.getOrDefault(why, 0L);
  }
}
