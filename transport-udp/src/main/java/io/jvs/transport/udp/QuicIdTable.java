package io.jvs.transport.udp;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import io.jvs.persistence.Template;
import io.jvs.persistence.TemplateTable;
import io.jvs.transport.udp.quic.ConnectionId;
import io.jvs.transport.udp.quic.ShortHeader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection ids that were learnt, and whose they are: templates as of persistence, but of
 * connections and not of clients, so a service can have both. Flows hold those that they go by,
 * which keeps them; without a flow they run out. Any thread.
 */
final class QuicIdTable implements TemplateTable.Observer<InetSocketAddress> {
  /** Shorter ones would be found in too many packets whose ids are longer. */
  private static final int SHORTEST = 4;

  private static final long MONTH_SECONDS = Duration.ofDays(31).toSeconds();

  private final Counts counts;
  private final LongSupplier nanoTime;
  private final TemplateTable<InetSocketAddress> table;

  /** Bit n: servers choose ids of n bytes. The packets themselves do not say. */
  private final AtomicInteger lengths = new AtomicInteger();

  QuicIdTable(VirtualService service, int maximum, Counts counts, LongSupplier nanoTime) {
    this.counts = counts;
    this.nanoTime = nanoTime;
    this.table =
        new TemplateTable<>(
            rules(service, maximum),
            service.address(),
            ThreadLocalRandom.current().nextLong(),
            this);
  }

  /** The service is defined in another way; what is known stays known. */
  void follow(VirtualService service, int maximum) {
    var unused = table.with(rules(service, maximum), service.address()); // known by id: always this
  }

  /** An id is of use for as long as a flow of it may be idle. */
  private static Persistence rules(VirtualService service, int maximum) {
    long idleSeconds = service.timeouts().udp().plusNanos(999_999_999).toSeconds();
    return new Persistence.ApplicationKey(
        Duration.ofSeconds(Math.max(1, Math.min(idleSeconds, MONTH_SECONDS))),
        TemplateRules.DEFAULT.withMaximum(maximum));
  }

  /** Whose id it is, or null. */
  @Nullable InetSocketAddress server(ConnectionId id) {
    Template<InetSocketAddress> known = table.find(Flow.keyed(id), nanoTime.getAsLong());
    return known == null ? null : known.server();
  }

  /** The id of a datagram with a short header, if it has one that is known; the longest of such. */
  @Nullable ConnectionId known(ByteBuffer datagram) {
    int untried = lengths.get();
    while (untried != 0) {
      int length = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(untried);
      untried &= ~(1 << length);
      ConnectionId id = ShortHeader.destination(datagram, length);
      if (id != null && server(id) != null) {
        return id;
      }
    }
    return null;
  }

  /** Whether an id that a server has chosen is long enough to tell connections apart. */
  static boolean isTelling(ConnectionId id) {
    return id.length() >= SHORTEST;
  }

  /** Datagrams to servers may have ids of that length. */
  void expect(int length) {
    int bit = 1 << length;
    if ((lengths.get() & bit) == 0) {
      lengths.accumulateAndGet(bit, (present, more) -> present | more);
    }
  }

  /**
   * The id belongs to this server from now on, for as long as the result is held and some time
   * longer.
   *
   * @return null if there is no room
   */
  @Nullable Template<InetSocketAddress> hold(ConnectionId id, InetSocketAddress server) {
    Flow key = Flow.keyed(id);
    long now = nanoTime.getAsLong();
    Template<InetSocketAddress> present = table.find(key, now);
    if (present == null || !present.server().equals(server)) {
      present = table.remember(key, server, present, now);
    }
    return present != null && present.server().equals(server) && present.connectionOpened(now)
        ? present
        : null;
  }

  /** It is no longer held here; from now on its time runs. */
  void release(Template<InetSocketAddress> held) {
    long now = nanoTime.getAsLong();
    held.connectionClosed(now);
    var unused = held.renew(now);
  }

  /** Forgets all, for good. */
  void close() {
    table.close();
  }

  @Override
  public void counted(InetSocketAddress server, int change) {
    counts.quicIds.addAndGet(change);
  }

  @Override
  public void evicted() {
    counts.quicIdsEvicted.increment();
  }
}
