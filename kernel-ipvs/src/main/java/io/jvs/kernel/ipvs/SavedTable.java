package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a table holds, without what it has carried: that which is saved and restored. What has no
 * effect is left out: timeout and netmask without persistence, tunnel data without a tunnel, flags
 * that nobody reads.
 *
 * @param timeouts null for as they are
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

  /** Makes it out of an empty table; destinations oldest first, so that their order comes back. */
  public List<IpvsCommand> commands() {
    List<IpvsCommand> commands = new ArrayList<>();
    if (timeouts != null) {
      commands.add(new IpvsCommand.SetTimeouts(timeouts));
    }
    for (Service each : services) {
      commands.add(new IpvsCommand.AddService(each.service()));
      for (int i = each.destinations().size() - 1; i >= 0; i--) {
        commands.add(
            new IpvsCommand.AddDestination(each.service().key(), each.destinations().get(i)));
      }
    }
    daemons.forEach(daemon -> commands.add(new IpvsCommand.StartDaemon(daemon)));
    return commands;
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
