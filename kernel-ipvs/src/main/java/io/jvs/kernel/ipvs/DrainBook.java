package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Destinations that are to leave: since when each has had weight 0, and whether its connections
 * have ended. Not for use by several threads.
 */
final class DrainBook implements Target.Drains {
  private record Place(ServiceKey service, InetSocketAddress destination) {}

  private static final class Drain {
    private final long since;
    private long connections = Long.MAX_VALUE; // nobody has looked yet
    private boolean over;

    Drain(long since, boolean over) {
      this.since = since;
      this.over = over;
    }
  }

  private final long atMostNanos;
  private final Consumer<IpvsEvent> events;
  private final Map<Place, Drain> drains = new HashMap<>();
  private final Set<Place> asked = new HashSet<>();
  private long now;

  DrainBook(long atMostNanos, Consumer<IpvsEvent> events) {
    this.atMostNanos = atMostNanos;
    this.events = events;
  }

  /** By this clock a drain begins when it is first asked for. */
  void now(long nanos) {
    now = nanos;
  }

  @Override
  public boolean isDrained(ServiceKey service, InetSocketAddress destination) {
    Place place = new Place(service, destination);
    asked.add(place);
    return drains.computeIfAbsent(place, unused -> new Drain(now, atMostNanos == 0)).over;
  }

  /**
   * What a destination has now.
   *
   * @param quiesced whether it had weight 0 before that was read, so that nothing new comes
   */
  void saw(ServiceKey service, DestinationRow row, boolean quiesced) {
    Drain drain = drains.get(new Place(service, row.destination().address()));
    if (drain == null) {
      return;
    }
    drain.connections = row.active() + row.inactive();
    if (quiesced && drain.connections == 0) {
      drain.over = true;
    } else if (!drain.over && now - drain.since >= atMostNanos) {
      cut(new Place(service, row.destination().address()), drain);
    }
  }

  /** All may go now. */
  void endAll() {
    drains.forEach(
        (place, drain) -> {
          if (!drain.over) {
            cut(place, drain);
          }
        });
  }

  /** This one may go now, if it is to leave. */
  void end(ServiceKey service, InetSocketAddress destination) {
    Place place = new Place(service, destination);
    Drain drain = drains.get(place);
    if (drain != null && !drain.over) {
      cut(place, drain);
    }
  }

  private void cut(Place place, Drain drain) {
    drain.over = true;
    if (drain.connections != Long.MAX_VALUE && drain.connections > 0) {
      String subject = place.service + " -> " + SocketAddresses.format(place.destination);
      events.accept(new IpvsEvent.CutOff(subject, drain.connections));
    }
  }

  /** Before a look at all services: what is not asked for until {@link #forgetOthers} is wanted. */
  void begin() {
    asked.clear();
  }

  /** Those that came back are not draining any more. */
  void forgetOthers() {
    drains.keySet().retainAll(asked);
  }

  int size() {
    return drains.size();
  }
}
