package io.jvs.transport.udp;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * An address and port from which somebody trusted sends for others, at a virtual address: several
 * clients at a time if it names them with each datagram, as DNS proxies do; else what has no header
 * is of the one that was named last. On its loop only.
 */
final class Sender extends FlowKey {
  private final FlowTable<Named> clients = new FlowTable<>(ThreadLocalRandom.current().nextLong());
  private @Nullable UdpFlow latest;

  /** The sender of the {@code i}-th datagram that came in. */
  Sender(Messages from, int i, long localHigh, long localLow) {
    super(from, i, localHigh, localLow);
  }

  /** The flow of the client that has been read of, which is the latest from now on; or null. */
  @Nullable UdpFlow find(PreambleReader client) {
    Named known = clients.find(client.clientHigh, client.clientLow, client.clientPort, 0, 0);
    if (known != null) {
      latest = known.flow;
    }
    return known == null ? null : known.flow;
  }

  /** That of the client that was named last, or null if it is over. */
  @Nullable UdpFlow latest() {
    return latest;
  }

  void add(UdpFlow flow, Named client) {
    client.flow = flow;
    client.sender = this;
    clients.add(client);
    latest = flow;
  }

  /** Whether it was the last one. */
  boolean remove(Named client) {
    clients.remove(client);
    if (latest == client.flow) {
      latest = null;
    }
    return clients.size() == 0;
  }
}
