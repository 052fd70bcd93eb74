package io.jvs.kernel.ipvs;

import java.util.List;

/**
 * All services with their destinations, each list in the kernel's order: destinations newest first.
 * Read one after the other, so not of one single moment.
 */
public record IpvsSnapshot(List<Entry> entries) {
  public IpvsSnapshot {
    entries = List.copyOf(entries);
  }

  /** A service and its destinations. */
  public record Entry(ServiceRow service, List<DestinationRow> destinations) {
    public Entry {
      destinations = List.copyOf(destinations);
    }
  }
}
