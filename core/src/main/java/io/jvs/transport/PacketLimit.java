package io.jvs.transport;

import io.jvs.transport.Client.Answer;
import java.util.concurrent.atomic.LongAdder;

/**
 * How fast each client of a service may send packets, over all its flows. Any thread; no locks, and
 * nothing is allocated but for a client that is new.
 *
 * <p>Its clients are not those of the connection limits: who sends need not have a connection.
 */
final class PacketLimit {
  private final ClientTable clients;
  private final LongAdder dropped = new LongAdder();

  /**
   * @param most clients that are known one by one, a power of two; more go unlimited
   */
  PacketLimit(int most, long seed) {
    this.clients = new ClientTable(most, seed, () -> {});
  }

  /** How many of {@code wanted} may go; those are used up. */
  int take(Pace pace, long subscriber, boolean ipv6, int wanted, long now) {
    Client client;
    do {
      client = clients.find(subscriber, ipv6, now);
      if (client == null) {
        return wanted;
      }
    } while (client.enter(0) == Answer.RETIRED); // present, so that it is not forgotten meanwhile
    int allowed = client.take(pace, now, wanted);
    client.uncount();
    if (allowed < wanted) {
      dropped.add(wanted - allowed);
    }
    return allowed;
  }

  long dropped() {
    return dropped.sum();
  }

  /** Those that have sent lately. */
  int clients(long now) {
    clients.sweep(now);
    return clients.size();
  }
}
