package io.jvs.kernel.ipvs;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A change of the kernel's table, as data (IPVS_CMD_*). */
public sealed interface IpvsCommand {
  /** {@code ipvsadm -A}. EEXIST if it is there. */
  record AddService(IpvsService service) implements IpvsCommand {}

  /** {@code ipvsadm -E}: replaces all but the key. ESRCH if it is not there. */
  record EditService(IpvsService service) implements IpvsCommand {}

  /** {@code ipvsadm -D}. ESRCH if it is not there. */
  record DeleteService(ServiceKey service) implements IpvsCommand {}

  /** {@code ipvsadm -a}. EEXIST if it is there, ESRCH if the service is not. */
  record AddDestination(ServiceKey service, IpvsDestination destination) implements IpvsCommand {}

  /** {@code ipvsadm -e}: replaces all but the address. ENOENT if it is not there. */
  record EditDestination(ServiceKey service, IpvsDestination destination) implements IpvsCommand {}

  /** {@code ipvsadm -d}. ENOENT if it is not there. */
  record DeleteDestination(ServiceKey service, InetSocketAddress destination)
      implements IpvsCommand {
    public DeleteDestination {
      IpvsDestination.requireIp(destination);
    }
  }

  /** {@code ipvsadm -C}: deletes all services of the network namespace. */
  record Flush() implements IpvsCommand {}

  /**
   * {@code ipvsadm -Z}: counters start at 0 again.
   *
   * @param service whose, or null for all
   */
  record Zero(@Nullable ServiceKey service) implements IpvsCommand {}

  /** {@code ipvsadm --set}. */
  record SetTimeouts(IpvsTimeouts timeouts) implements IpvsCommand {}

  /** {@code ipvsadm --start-daemon}. EEXIST if one of that role runs. */
  record StartDaemon(SyncDaemon daemon) implements IpvsCommand {}

  /** {@code ipvsadm --stop-daemon}. ESRCH if none of that role runs. */
  record StopDaemon(SyncDaemon.Role role) implements IpvsCommand {}
}
