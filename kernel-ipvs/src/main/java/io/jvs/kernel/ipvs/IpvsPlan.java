package io.jvs.kernel.ipvs;

import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What would be changed in a table; changes nothing and asks nobody. */
public final class IpvsPlan {
  private IpvsPlan() {}

  /** Why the kernel cannot carry a service, and the way out; empty if it can. */
  public static Optional<String> objection(VirtualService service) {
    return Optional.ofNullable(Objections.to(service, false));
  }

  /**
   * The steps that an {@link IpvsTransport} would make of a table for these services, with all
   * their servers up. A server that is to leave and has connections gets weight 0 here, and is
   * deleted by a later plan, when they have ended.
   *
   * @param present all of the table
   * @param takesAll whether services that are not defined leave too
   * @return in order; empty if the table is as defined
   * @throws io.jvs.transport.UnsupportedServiceException if there is an {@link #objection} to one
   *     of the services, or they do not go together
   */
  public static List<Step> of(
      IpvsSnapshot present, List<VirtualService> desired, boolean takesAll) {
    IpvsTransport.requireCarriable(desired, false);
    Map<ServiceKey, ServiceRows> rows = ServiceRows.of(present);
    Set<ServiceKey> leaving = new HashSet<>();
    if (takesAll) {
      leaving.addAll(rows.keySet());
      desired.forEach(service -> Translation.keys(service).forEach(leaving::remove));
    }
    Map<ServiceKey, Map<InetSocketAddress, DestinationRow>> counts = new LinkedHashMap<>();
    for (IpvsSnapshot.Entry entry : present.entries()) {
      Map<InetSocketAddress, DestinationRow> of = new LinkedHashMap<>();
      entry.destinations().forEach(row -> of.put(row.destination().address(), row));
      counts.put(entry.service().service().key(), of);
    }
    Target.Drains drains =
        (service, destination) -> {
          DestinationRow row = counts.getOrDefault(service, Map.of()).get(destination);
          return row == null || row.active() + row.inactive() == 0;
        };
    List<ServiceWish> wishes = desired.stream().map(ServiceWish::asDefined).toList();
    return Difference.between(rows, Target.of(wishes, leaving, rows, drains), leaving::contains);
  }
}
