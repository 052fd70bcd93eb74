package io.jvs.kernel.ipvs;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What commands make of an empty table, without a kernel. */
final class TableModel {
  private final Map<ServiceKey, IpvsService> services = new LinkedHashMap<>();
  private final Map<ServiceKey, Map<InetSocketAddress, IpvsDestination>> destinations =
      new LinkedHashMap<>(); // oldest first
  private final Map<SyncDaemon.Role, SyncDaemon> daemons = new EnumMap<>(SyncDaemon.Role.class);
  private @Nullable IpvsTimeouts timeouts;

  /**
   * @throws IllegalArgumentException if the kernel would refuse it
   */
  void execute(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService c) {
      ServiceKey key = c.service().key();
      refuseIf(services.containsKey(key), key + " is there already (expected: once, or -E)");
      services.put(key, c.service());
      destinations.put(key, new LinkedHashMap<>());
    } else if (command instanceof IpvsCommand.EditService c) {
      of(c.service().key());
      services.put(c.service().key(), c.service());
    } else if (command instanceof IpvsCommand.DeleteService c) {
      of(c.service());
      services.remove(c.service());
      destinations.remove(c.service());
    } else if (command instanceof IpvsCommand.AddDestination c) {
      String name = AddressText.of(c.destination().address());
      boolean there =
          of(c.service()).putIfAbsent(c.destination().address(), c.destination()) != null;
      refuseIf(there, name + " is there already (expected: once, or -e)");
    } else if (command instanceof IpvsCommand.EditDestination c) {
      var known = of(c.service());
      refuseUnless(known.containsKey(c.destination().address()), c.destination().address());
      known.put(c.destination().address(), c.destination());
    } else if (command instanceof IpvsCommand.DeleteDestination c) {
      refuseUnless(of(c.service()).remove(c.destination()) != null, c.destination());
    } else if (command instanceof IpvsCommand.Flush) {
      services.clear();
      destinations.clear();
    } else if (command instanceof IpvsCommand.SetTimeouts c) {
      timeouts = timeouts == null ? c.timeouts() : merged(timeouts, c.timeouts());
    } else if (command instanceof IpvsCommand.StartDaemon c) {
      boolean there = daemons.putIfAbsent(c.daemon().role(), c.daemon()) != null;
      refuseIf(there, "one of that role runs already (expected: one master and one backup)");
    } else if (command instanceof IpvsCommand.StopDaemon c) {
      refuseIf(daemons.remove(c.role()) == null, "none runs");
    }
    // Zero changes nothing that is kept.
  }

  SavedTable table() {
    List<SavedTable.Service> all = new ArrayList<>();
    services.forEach(
        (key, service) -> {
          List<IpvsDestination> newestFirst = new ArrayList<>();
          of(key).values().forEach(each -> newestFirst.add(0, each));
          all.add(0, new SavedTable.Service(service, newestFirst));
        });
    return new SavedTable(timeouts, all, List.copyOf(daemons.values()));
  }

  private Map<InetSocketAddress, IpvsDestination> of(ServiceKey key) {
    Map<InetSocketAddress, IpvsDestination> known = destinations.get(key);
    if (known == null) {
      throw new IllegalArgumentException(key + " is not there (expected: -A before it)");
    }
    return known;
  }

  private static IpvsTimeouts merged(IpvsTimeouts before, IpvsTimeouts change) {
    return new IpvsTimeouts(
        change.tcp() == 0 ? before.tcp() : change.tcp(),
        change.tcpFin() == 0 ? before.tcpFin() : change.tcpFin(),
        change.udp() == 0 ? before.udp() : change.udp());
  }

  private static void refuseIf(boolean wrong, String message) {
    if (wrong) {
      throw new IllegalArgumentException(message);
    }
  }

  private static void refuseUnless(boolean there, InetSocketAddress destination) {
    refuseIf(!there, AddressText.of(destination) + " is not there (expected: -a before it)");
  }
}
