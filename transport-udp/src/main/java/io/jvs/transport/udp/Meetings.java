package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.UnsupportedServiceException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Services that would listen at the same place, though their addresses differ: one that is dual
 * takes the place of IPv4 services too, and one that TPROXY sends clients to takes a port.
 */
final class Meetings {
  private Meetings() {}

  /**
   * @throws UnsupportedServiceException if there are some
   */
  static void check(List<Assignment> desired) {
    for (Assignment assignment : desired) {
      VirtualService service = assignment.service();
      if (Place.isUnusual(service)) {
        for (Assignment other : desired) {
          String meeting =
              other.service().name().equals(service.name())
                  ? null
                  : between(service, other.service());
          if (meeting != null) {
            throw new UnsupportedServiceException(
                "virtual service '" + service.name() + "': " + meeting);
          }
        }
      }
    }
  }

  /** Where they meet, and the way out; null if they do not, or as their addresses show anyway. */
  static @Nullable String between(VirtualService service, VirtualService other) {
    if (!Place.isUnusual(service) && !Place.isUnusual(other)) {
      return null;
    }
    List<Place> others = Place.of(other);
    for (Place place : Place.of(service)) {
      for (Place another : others) {
        if (place.meets(another)) {
          return text(place)
              + " meets "
              + text(another)
              + " of '"
              + other.name()
              + "', and nobody could tell whose clients come in (expected: another port for one of"
              + " them)";
        }
      }
    }
    return null;
  }

  private static String text(Place place) {
    return "udp " + SocketAddresses.format(place.address()) + (place.dual() ? ", dual," : "");
  }
}
