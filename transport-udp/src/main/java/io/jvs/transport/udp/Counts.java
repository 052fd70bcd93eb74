package io.jvs.transport.udp;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a transport counts; any thread. */
final class Counts {
  final AtomicInteger flows = new AtomicInteger();
  final AtomicInteger sourcePorts = new AtomicInteger();
  final LongAdder evicted = new LongAdder();
  final Drops drops = new Drops();
  final Unsent toServers = new Unsent(drops, UdpDrop.NO_ROOM_TO_SERVERS);
  final Unsent toClients = new Unsent(drops, UdpDrop.NO_ROOM_TO_CLIENTS);
  final AtomicInteger quicIds = new AtomicInteger();
  final LongAdder quicIdsEvicted = new LongAdder();
  final LongAdder quicFollowed = new LongAdder();
  final LongAdder unreachableTold = new LongAdder();
}
