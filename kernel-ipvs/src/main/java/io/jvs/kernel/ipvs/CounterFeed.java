package io.jvs.kernel.ipvs;

import io.jvs.balancing.Carried;
import io.jvs.balancing.LoadBalancer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Tells load balancers what the kernel has counted for them. A server of a range of ports stands in
 * several services of the kernel; their counts are added up. Not for use by several threads.
 */
final class CounterFeed {
  private record Place(ServiceKey service, InetSocketAddress destination) {}

  private record Totals(long connections, long inBytes, long outBytes) {
    static final Totals ZERO = new Totals(0, 0, 0);

    static Totals of(Traffic traffic) {
      return new Totals(traffic.connections(), traffic.inBytes(), traffic.outBytes());
    }

    /** What has come since, also if somebody has set the counters to 0 meanwhile. */
    Totals since(Totals before) {
      boolean zeroed =
          connections < before.connections
              || inBytes < before.inBytes
              || outBytes < before.outBytes;
      return zeroed
          ? this
          : new Totals(
              connections - before.connections,
              inBytes - before.inBytes,
              outBytes - before.outBytes);
    }
  }

  private final Map<Place, Totals> last = new HashMap<>();
  private final Map<LoadBalancer, Set<InetSocketAddress>> reported = new LinkedHashMap<>();

  /** Traffic from before JVS took the service over is nobody's. */
  void adopt(IpvsSnapshot.Entry entry) {
    ServiceKey key = entry.service().service().key();
    for (DestinationRow row : entry.destinations()) {
      last.put(new Place(key, row.destination().address()), Totals.of(row.traffic()));
    }
  }

  /** Reports what the rows say, and that others that were reported before are gone. */
  void feed(Collection<IpvsSnapshot.Entry> entries, Map<ServiceKey, LoadBalancer> carriers) {
    Map<LoadBalancer, Map<InetSocketAddress, Carried>> reports = new LinkedHashMap<>();
    for (LoadBalancer each : reported.keySet()) {
      reports.put(each, new HashMap<>());
    }
    for (IpvsSnapshot.Entry entry : entries) {
      ServiceKey key = entry.service().service().key();
      LoadBalancer balancer = carriers.get(key);
      if (balancer != null) {
        Map<InetSocketAddress, Carried> report =
            reports.computeIfAbsent(balancer, unused -> new HashMap<>());
        for (DestinationRow row : entry.destinations()) {
          report.merge(row.destination().address(), carried(key, row), CounterFeed::sum);
        }
      }
    }
    reports.forEach(this::report);
  }

  /** The connections are nobody's here any more. */
  void end() {
    for (LoadBalancer each : new ArrayList<>(reported.keySet())) {
      report(each, Map.of());
    }
    last.clear();
  }

  /** What the service has had is forgotten with it. */
  void forget(ServiceKey service) {
    last.keySet().removeIf(place -> place.service.equals(service));
  }

  private void report(LoadBalancer balancer, Map<InetSocketAddress, Carried> report) {
    Map<InetSocketAddress, Carried> all = new HashMap<>(report);
    Set<InetSocketAddress> now = new HashSet<>(report.keySet());
    for (InetSocketAddress before : reported.getOrDefault(balancer, Set.of())) {
      all.putIfAbsent(before, Carried.NONE);
    }
    if (!all.isEmpty()) {
      balancer.control().carried(all);
    }
    if (now.isEmpty()) {
      reported.remove(balancer);
    } else {
      reported.put(balancer, now);
    }
  }

  private Carried carried(ServiceKey key, DestinationRow row) {
    Place place = new Place(key, row.destination().address());
    Totals totals = Totals.of(row.traffic());
    Totals since = totals.since(last.getOrDefault(place, Totals.ZERO));
    last.put(place, totals);
    return new Carried(
        saturated(row.active()),
        saturated(row.inactive()),
        saturated(row.persistent()),
        since.connections,
        since.inBytes,
        since.outBytes);
  }

  private static int saturated(long count) {
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  private static Carried sum(Carried one, Carried other) {
    return new Carried(
        saturated((long) one.active() + other.active()),
        saturated((long) one.inactive() + other.inactive()),
        saturated((long) one.templates() + other.templates()),
        one.opened() + other.opened(),
        one.bytesFromClients() + other.bytesFromClients(),
        one.bytesToClients() + other.bytesToClients());
  }
}
