package io.jvs.transport;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.AccessList;
import io.jvs.model.ServiceLimits;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the clients of one service come in, or do not: its access list and its limits. Any thread;
 * no locks. Without access list and limits it is one branch.
 *
 * <p>What is asked, in this order; the first that says no is the reason:
 *
 * <ol>
 *   <li>the access list ({@link Cause#NOT_ALLOWED});
 *   <li>connections of the client ({@link Cause#CLIENT_FULL});
 *   <li>connections of the service ({@link Cause#SERVICE_FULL});
 *   <li>the rate of the client ({@link Cause#CLIENT_TOO_FAST});
 *   <li>the rate of the service ({@link Cause#TOO_FAST}).
 * </ol>
 *
 * So a client that is refused for its own sake uses up nothing that others share. Those who are
 * refused do not count for rates that come before, but for that of the client if the service was
 * too fast.
 *
 * <p>At most {@value ClientTable#MOST} clients are known one by one. Beyond that, new clients are
 * judged by the limits of the service alone until others have been idle: so a flood of addresses
 * takes no more memory, shuts nobody out, and makes nobody's count forgotten.
 *
 * <p>Limits may change at any time: counts and rates go on, and new rules hold for new connections.
 * Connections that came in while there were no limits are not counted.
 *
 * <p>Beside who comes in, it knows how fast clients may {@linkplain #packets send} once they are
 * in, for transports that carry packets.
 */
public final class Gate {
  private static final Logger LOG = System.getLogger(Gate.class.getName());

  /** Trouble that comes back within this time has not been over. */
  private static final long CALM_NANOS = 5_000_000_000L;

  private final Ticker ticker;
  private final long origin;
  private final int mostClients;
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong crowd = new AtomicLong(); // refused since it was calm
  private final Bucket rate = new Bucket();
  private final Pass counted = new Counted();
  private volatile long lastRefusal;
  private volatile @Nullable ClientTable clients;
  private volatile @Nullable PacketLimit packets;
  private final TroubleLog tooManyPackets = new TroubleLog(LOG);
  private volatile @Nullable Rules rules; // null if there are none

  /** By the clocks of this machine. */
  public Gate(VirtualService service) {
    this(service, Ticker.system());
  }

  public Gate(VirtualService service, Ticker ticker) {
    this(service, ticker, ClientTable.MOST);
  }

  Gate(VirtualService service, Ticker ticker, int mostClients) {
    this.ticker = ticker;
    this.origin = ticker.nanoTime();
    this.mostClients = mostClients;
    follow(service);
  }

  /** One who is counted, and not by its address. */
  private final class Counted implements Pass {
    @Override
    public Refused.@Nullable Cause refusal() {
      return null;
    }

    @Override
    public void leave() {
      connections.decrementAndGet();
    }
  }

  /**
   * What holds now.
   *
   * @param list what the index was made of
   * @param knowsClients whether a client has limits of its own
   * @param counts whether there are any limits
   */
  private record Rules(
      String service,
      AccessList list,
      @Nullable AccessIndex access,
      ServiceLimits limits,
      @Nullable Pace rate,
      @Nullable Pace ratePerClient,
      @Nullable Pace packetsPerClient,
      boolean knowsClients,
      boolean counts) {}

  /** Goes by this definition from now on. The control side; one thread at a time. */
  public void follow(VirtualService service) {
    AccessList access = service.access();
    ServiceLimits limits = service.limits();
    if (access.equals(AccessList.EVERYBODY) && limits.equals(ServiceLimits.NONE)) {
      rules = null;
      return;
    }
    Rules before = rules;
    boolean knowsClients = limits.perClient() != 0 || limits.ratePerClient() != null;
    if (knowsClients && clients == null) {
      long seed = ThreadLocalRandom.current().nextLong();
      clients = new ClientTable(mostClients, seed, connections::decrementAndGet);
    }
    if (limits.packetsPerClient() != null && packets == null) {
      packets = new PacketLimit(mostClients, ThreadLocalRandom.current().nextLong());
    }
    rules =
        new Rules(
            service.name(),
            access,
            before != null && before.list().equals(access)
                ? before.access() // a long list takes a while
                : AccessIndex.of(access),
            limits,
            Pace.of(limits.rate()),
            Pace.of(limits.ratePerClient()),
            Pace.of(limits.packetsPerClient()),
            knowsClients,
            !limits.withPacketsPerClient(null).equals(ServiceLimits.NONE));
  }

  /** Whether the client may come in; if so, {@link Pass#leave} is to be called when it goes. */
  public Pass enter(InetAddress client) {
    Rules now = rules;
    return now == null ? FixedPass.FREE : enter(now, client);
  }

  /** As {@link #enter(InetAddress)}; if it may not, the load balancer counts that and tells. */
  public Pass enter(InetAddress client, LoadBalancer balancer) {
    Pass pass = enter(client);
    Cause refusal = pass.refusal();
    if (refusal != null) {
      balancer.refuse(refusal, () -> detail(refusal, client));
    }
    return pass;
  }

  /** Whether {@link #packets} is to be asked. One read. */
  public boolean limitsPackets() {
    Rules now = rules;
    return now != null && now.packetsPerClient() != null;
  }

  /**
   * How many of so many packets that a client has sent may go on; the others are to be dropped,
   * which is counted and told here. Allocates nothing but for a new client, or while it tells.
   *
   * @param high of its address as in {@link io.jvs.model.Flow}, as {@code low}
   * @param wanted 1 to 10000
   */
  public int packets(boolean ipv6, long high, long low, int wanted) {
    Rules now = rules;
    PacketLimit limit = packets;
    Pace pace = now == null ? null : now.packetsPerClient();
    if (now == null || limit == null || pace == null) {
      return wanted;
    }
    boolean really6 = ipv6 && !ClientAddress.isMapped(high, low);
    long subscriber = really6 ? high : low & (ipv6 ? 0xFFFF_FFFFL : -1);
    int allowed = limit.take(pace, subscriber, really6, wanted, ticker.nanoTime() - origin);
    if (allowed < wanted && !tooManyPackets.goesOn()) {
      tooManyPackets.begins(
          () ->
              now.service()
                  + ": "
                  + new ClientAddress(really6, really6 ? high : 0, really6 ? low : subscriber)
                      .subscriberText()
                  + " sends more packets than "
                  + now.limits().packetsPerClient()
                  + "; the rest is dropped and counted, of other clients too");
    }
    return allowed;
  }

  /** To be called now and then, so that it can be told that clients keep to their limit again. */
  public void lookAtPackets() {
    tooManyPackets.isOver(
        () -> {
          Rules now = rules;
          return (now == null ? "a service" : now.service())
              + ": clients keep to their limit of packets again, after "
              + droppedPackets()
              + " dropped ones in all";
        });
  }

  /** Packets that {@link #packets} did not let go on. */
  public long droppedPackets() {
    PacketLimit limit = packets;
    return limit == null ? 0 : limit.dropped();
  }

  private Pass enter(Rules now, InetAddress address) {
    ClientTable table = now.knowsClients() ? clients : null;
    ClientAddress client = table == null && now.access() == null ? null : ClientAddress.of(address);
    if (client != null && now.access() != null && !now.access().allows(client)) {
      return FixedPass.refused(Cause.NOT_ALLOWED);
    }
    if (!now.counts()) {
      return FixedPass.FREE;
    }
    long time = now.rate() == null && table == null ? 0 : ticker.nanoTime() - origin;
    Client known = null;
    if (client != null && table != null) {
      Client.Answer answer = Client.Answer.ENTERED;
      do {
        known = table.find(client.subscriber(), client.ipv6(), time);
        answer = known == null ? Client.Answer.ENTERED : known.enter(now.limits().perClient());
      } while (answer == Client.Answer.RETIRED);
      if (answer == Client.Answer.FULL) {
        return FixedPass.refused(Cause.CLIENT_FULL);
      }
    }
    Cause refusal = refusal(now, known, time);
    if (refusal != null) {
      if (known != null) {
        known.uncount();
      }
      return FixedPass.refused(refusal);
    }
    if (crowd.get() != 0) {
      calm(now);
    }
    if (known != null && now.limits().perClient() == 0) { // only its rate is limited
      known.uncount();
      return counted;
    }
    return known == null ? counted : known;
  }

  /** Takes a place in the service, and what the rates have; or says why there is none. */
  private @Nullable Cause refusal(Rules now, @Nullable Client known, long time) {
    if (!takePlace(now.limits().connections())) {
      return crowded(Cause.SERVICE_FULL);
    }
    Cause refusal = null;
    if (known != null && now.ratePerClient() != null && !known.take(now.ratePerClient(), time)) {
      refusal = Cause.CLIENT_TOO_FAST;
    } else if (now.rate() != null && !rate.take(now.rate(), time)) {
      refusal = crowded(Cause.TOO_FAST);
    }
    if (refusal != null) {
      connections.decrementAndGet();
    }
    return refusal;
  }

  private boolean takePlace(int most) {
    int present;
    do {
      present = connections.get();
      if (most != 0 && present >= most) {
        return false;
      }
    } while (!connections.compareAndSet(present, present + 1));
    return true;
  }

  /** When that begins says whoever is told of refusals; when it is over can be seen here only. */
  private Cause crowded(Cause cause) {
    lastRefusal = ticker.nanoTime();
    crowd.incrementAndGet();
    return cause;
  }

  private void calm(Rules now) {
    long refused = crowd.get();
    if (refused != 0
        && ticker.nanoTime() - lastRefusal >= CALM_NANOS
        && crowd.compareAndSet(refused, 0)) {
      LOG.log(
          Level.INFO,
          () ->
              now.service()
                  + ": below its limits again, after "
                  + refused
                  + " refused connections");
    }
  }

  /** Why this client was refused, for people. */
  public String detail(Cause cause, InetAddress client) {
    Rules now = rules;
    ServiceLimits limits = now == null ? ServiceLimits.NONE : now.limits();
    String who = SocketAddresses.format(client);
    return switch (cause) {
      case NOT_ALLOWED -> who + " is not let in by the access list";
      case CLIENT_FULL ->
          ClientAddress.of(client).subscriberText()
              + " has "
              + limits.perClient()
              + " connections, its limit";
      case SERVICE_FULL -> limits.connections() + " connections, the limit; no place for " + who;
      case CLIENT_TOO_FAST ->
          ClientAddress.of(client).subscriberText()
              + " comes faster than "
              + limits.ratePerClient();
      case TOO_FAST -> "clients come faster than " + limits.rate() + "; no place for " + who;
      default -> who;
    };
  }

  /** Open connections of the service, those that wait included; only while there are limits. */
  public int connections() {
    return connections.get();
  }

  /** Clients that are known one by one now. */
  public int clients() {
    long now = ticker.nanoTime() - origin;
    ClientTable table = clients;
    PacketLimit limit = packets;
    if (table != null) {
      table.sweep(now);
    }
    return Math.max(table == null ? 0 : table.size(), limit == null ? 0 : limit.clients(now));
  }

  /** Connections of clients that could not be known one by one, for want of room. */
  public long unknownClients() {
    ClientTable table = clients;
    return table == null ? 0 : table.unknown();
  }
}
