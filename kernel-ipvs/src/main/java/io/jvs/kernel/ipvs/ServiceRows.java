package io.jvs.kernel.ipvs;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One service of the table with its destinations, without what they have counted.
 *
 * @param destinations by address, in the order of adding: the kernel's list from its end
 * @param notes why a destination is as it is, for those that need a word
 */
record ServiceRows(
    IpvsService service,
    Map<InetSocketAddress, IpvsDestination> destinations,
    Map<InetSocketAddress, String> notes) {

  ServiceRows(IpvsService service, Map<InetSocketAddress, IpvsDestination> destinations) {
    this(service, destinations, Map.of());
  }

  ServiceKey key() {
    return service.key();
  }

  /** A row as it was read, newest destination first. */
  static ServiceRows of(IpvsSnapshot.Entry entry) {
    List<DestinationRow> oldestFirst = new ArrayList<>(entry.destinations());
    Collections.reverse(oldestFirst);
    Map<InetSocketAddress, IpvsDestination> destinations = new LinkedHashMap<>();
    for (DestinationRow row : oldestFirst) {
      destinations.put(row.destination().address(), row.destination());
    }
    return new ServiceRows(entry.service().service(), destinations);
  }

  /** All rows of a table, by key. */
  static Map<ServiceKey, ServiceRows> of(IpvsSnapshot snapshot) {
    Map<ServiceKey, ServiceRows> rows = new LinkedHashMap<>();
    for (IpvsSnapshot.Entry entry : snapshot.entries()) {
      rows.put(entry.service().service().key(), of(entry));
    }
    return rows;
  }
}
