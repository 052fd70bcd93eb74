package io.jvs.transport.listening;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.UnsupportedServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Services that would listen at the same place, though their addresses differ: one that is dual
 * takes the place of IPv4 services too, and one that TPROXY sends clients to takes a port.
 */
public final class Meetings {
  private Meetings() {}

  /**
   * Refuses services that meet.
   *
   * @throws UnsupportedServiceException if there are some
   */
  public static void check(List<ServiceSockets> desired) {
    for (ServiceSockets sockets : desired) {
      String name = sockets.service().name();
      if (sockets.isUnusual()) {
        for (ServiceSockets other : desired) {
          String meeting = other.service().name().equals(name) ? null : between(sockets, other);
          if (meeting != null) {
            throw new UnsupportedServiceException("virtual service '" + name + "': " + meeting);
          }
        }
      }
    }
  }

  /** Where they meet, and the way out; null if they do not, or as their addresses show anyway. */
  public static @Nullable String between(ServiceSockets sockets, ServiceSockets other) {
    if (!sockets.isUnusual() && !other.isUnusual()) {
      return null;
    }
    List<Place> others = Place.of(other);
    for (Place place : Place.of(sockets)) {
      for (Place another : others) {
        if (place.meets(another)) {
          return text(sockets, place)
              + " meets "
              + text(other, another)
              + " of '"
              + other.service().name()
              + "', and nobody could tell whose clients come in (expected: another port for one of"
              + " them)";
        }
      }
    }
    return null;
  }

  private static String text(ServiceSockets sockets, Place place) {
    return sockets.protocol()
        + " "
        + SocketAddresses.format(place.address())
        + (place.dual() ? ", dual," : "");
  }
}
