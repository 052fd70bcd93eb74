package io.jvs.kernel.ipvs;

import io.jvs.model.VirtualService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds, without what it has carried: that which is saved and restored. What has no
 * effect is left out: timeout and netmask without persistence, tunnel data without a tunnel, flags
 * that nobody reads.
 *
 * @param timeouts null for as they are
 * @param services in the kernel's order, or newest first where no kernel has been asked
 */
public record SavedTable(
    @Nullable IpvsTimeouts timeouts, List<Service> services, List<SyncDaemon> daemons) {
  /** Nothing at all. */
  public static final SavedTable EMPTY = new SavedTable(null, List.of(), List.of());

  public SavedTable {
    services = List.copyOf(services);
    daemons = List.copyOf(daemons);
  }

  /**
   * A service with its destinations.
   *
   * @param destinations in the kernel's order, newest first
   */
  public record Service(IpvsService service, List<IpvsDestination> destinations) {
    public Service {
      service = effective(service);
      destinations = destinations.stream().map(SavedTable::effective).toList();
    }
  }

  /** What there is now; read one after the other, so not of one single moment. */
  public static SavedTable read(IpvsTable table) throws IOException {
    return of(table.snapshot(), table.timeouts(), table.daemons());
  }

  public static SavedTable of(
      IpvsSnapshot snapshot, @Nullable IpvsTimeouts timeouts, List<SyncDaemon> daemons) {
    List<Service> services = new ArrayList<>();
    for (IpvsSnapshot.Entry entry : snapshot.entries()) {
      services.add(
          new Service(
              entry.service().service(),
              entry.destinations().stream().map(DestinationRow::destination).toList()));
    }
    return new SavedTable(timeouts, services, daemons);
  }

  /**
   * Makes it out of an empty table. The kernel puts what is added before what it has, services too
   * where they share a bucket of its hash table: so all is added from its end, and the order comes
   * back.
   */
  public List<IpvsCommand> commands() {
    List<IpvsCommand> commands = new ArrayList<>();
    if (timeouts != null) {
      commands.add(new IpvsCommand.SetTimeouts(timeouts));
    }
    for (Service each : reversed(services)) {
      commands.add(new IpvsCommand.AddService(each.service()));
      for (int i = each.destinations().size() - 1; i >= 0; i--) {
        commands.add(
            new IpvsCommand.AddDestination(each.service().key(), each.destinations().get(i)));
      }
    }
    daemons.forEach(daemon -> commands.add(new IpvsCommand.StartDaemon(daemon)));
    return commands;
  }

  /**
   * What makes another table equal to this one; rows that are equal see no step. Servers that are
   * there keep their place in the kernel's list, since moving one would cut its connections.
   * Daemons and timeouts that are not named here stay as they are.
   */
  public List<Step> changes(SavedTable present) {
    Map<ServiceKey, ServiceRows> before = new LinkedHashMap<>();
    present.services().forEach(each -> before.put(each.service().key(), rows(each)));
    List<Step> steps =
        new ArrayList<>(settings(timeouts, daemons, present.timeouts(), present.daemons()));
    steps.addAll(
        Difference.between(
            before, reversed(services).stream().map(SavedTable::rows).toList(), key -> true));
    return steps;
  }

  /**
   * What makes timeouts and daemons, which all services of a table share, as these services and
   * daemons ask for.
   *
   * @throws io.jvs.transport.UnsupportedServiceException if services ask for different timeouts
   */
  public static List<Step> settings(
      List<VirtualService> services, List<SyncDaemon> daemons, SavedTable present) {
    return settings(
        SharedSettings.timeouts(services), daemons, present.timeouts(), present.daemons());
  }

  private static List<Step> settings(
      @Nullable IpvsTimeouts wanted,
      List<SyncDaemon> daemons,
      @Nullable IpvsTimeouts present,
      List<SyncDaemon> running) {
    List<Step> steps = new ArrayList<>();
    if (wanted != null && !isMet(wanted, present)) {
      String was =
          present == null
              ? ""
              : "was " + present.tcp() + " " + present.tcpFin() + " " + present.udp();
      steps.add(new Step(new IpvsCommand.SetTimeouts(wanted), was));
    }
    for (SyncDaemon daemon : daemons) {
      SyncDaemon other =
          running.stream().filter(each -> each.role() == daemon.role()).findAny().orElse(null);
      if (other == null) {
        steps.add(new Step(new IpvsCommand.StartDaemon(daemon), "new"));
      } else if (!Daemons.isMet(daemon, other)) {
        steps.add(new Step(new IpvsCommand.StopDaemon(daemon.role()), "runs otherwise"));
        steps.add(new Step(new IpvsCommand.StartDaemon(daemon), "as wanted"));
      }
    }
    return steps;
  }

  /** In a wish 0 is whatever there is. */
  private static boolean isMet(IpvsTimeouts wish, @Nullable IpvsTimeouts present) {
    return present != null
        && (wish.tcp() == 0 || wish.tcp() == present.tcp())
        && (wish.tcpFin() == 0 || wish.tcpFin() == present.tcpFin())
        && (wish.udp() == 0 || wish.udp() == present.udp());
  }

  private static List<Service> reversed(List<Service> services) {
    List<Service> reversed = new ArrayList<>(services);
    Collections.reverse(reversed);
    return reversed;
  }

  private static ServiceRows rows(Service service) {
    Map<InetSocketAddress, IpvsDestination> oldestFirst = new LinkedHashMap<>();
    for (int i = service.destinations().size() - 1; i >= 0; i--) {
      oldestFirst.put(service.destinations().get(i).address(), service.destinations().get(i));
    }
    return new ServiceRows(service.service(), oldestFirst);
  }

  static IpvsService effective(IpvsService service) {
    int known = IpvsService.PERSISTENT | IpvsService.ONE_PACKET | SchedulerFlags.ALL;
    boolean persistent = service.has(IpvsService.PERSISTENT);
    return new IpvsService(
        service.key(),
        service.scheduler(),
        service.flags() & known,
        persistent ? service.timeoutSeconds() : 0,
        persistent ? service.netmask() : IpvsService.fullNetmask(service.key().family()),
        service.engine());
  }

  static IpvsDestination effective(IpvsDestination destination) {
    return destination.method() == IpvsDestination.TUNNEL
        ? destination
        : new IpvsDestination(
            destination.address(),
            destination.method(),
            destination.weight(),
            destination.upper(),
            destination.lower(),
            0,
            0,
            0);
  }
}
