package io.jvs.kernel.ipvs;

import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import io.jvs.transport.UnsupportedServiceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What services share in one table and so must agree on. Pure. */
final class SharedSettings {
  private SharedSettings() {}

  /**
   * The timeouts that the services ask for; null if all leave them at the default. The kernel has
   * one set for all.
   *
   * @throws UnsupportedServiceException if two ask for different ones
   */
  static @Nullable IpvsTimeouts timeouts(List<VirtualService> services) {
    VirtualService first = null;
    for (VirtualService service : services) {
      if (of(service).equals(of(Timeouts.DEFAULT))) {
        continue;
      }
      if (first == null) {
        first = service;
      } else if (!of(service).equals(of(first))) {
        throw new UnsupportedServiceException(
            "virtual services '"
                + first.name()
                + "' and '"
                + service.name()
                + "': the kernel has one set of timeouts for all services, and they ask for "
                + first.timeouts()
                + " and "
                + service.timeouts()
                + " (expected: the same, or the default in all but one)");
      }
    }
    return first == null ? null : of(first);
  }

  /**
   * @throws UnsupportedServiceException if two services are one to the kernel
   */
  static void requireDifferentKeys(List<VirtualService> services) {
    Map<ServiceKey, VirtualService> seen = new HashMap<>();
    for (VirtualService service : services) {
      for (ServiceKey key : Translation.keys(service)) {
        VirtualService other = seen.put(key, service);
        if (other != null) {
          throw new UnsupportedServiceException(
              "virtual services '"
                  + other.name()
                  + "' and '"
                  + service.name()
                  + "' are both "
                  + key
                  + " (expected: different addresses, ports or marks)");
        }
      }
    }
  }

  private static IpvsTimeouts of(VirtualService service) {
    return of(service.timeouts());
  }

  private static IpvsTimeouts of(Timeouts timeouts) {
    return new IpvsTimeouts(
        timeouts.tcp().toSeconds(), timeouts.tcpFin().toSeconds(), timeouts.udp().toSeconds());
  }
}
