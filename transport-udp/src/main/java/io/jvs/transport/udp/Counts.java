package io.jvs.transport.udp;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a transport counts; any thread. */
final class Counts {
  final AtomicInteger flows = new AtomicInteger();
  final AtomicInteger sourcePorts = new AtomicInteger();
  final LongAdder evicted = new LongAdder();
  final LongAdder withoutPort = new LongAdder();
  final LongAdder unsent = new LongAdder();
  final LongAdder strays = new LongAdder();
  final LongAdder expired = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder policyFailures = new LongAdder();
}
