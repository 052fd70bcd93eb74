package io.jvs.kernel.ipvs;

import io.jvs.kernel.netlink.Errno;
import io.jvs.kernel.netlink.NetlinkError;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.Locale;

/** What the kernel's error numbers mean, for people: what was tried, why not, the way out. */
final class IpvsErrors {
  private IpvsErrors() {}

  /** In the words of ipvsadm(8). */
  static String describe(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService add) {
      return add.service().key() + ", add service (" + add.service().scheduler() + ")";
    } else if (command instanceof IpvsCommand.EditService edit) {
      return edit.service().key() + ", edit service (" + edit.service().scheduler() + ")";
    } else if (command instanceof IpvsCommand.DeleteService delete) {
      return delete.service() + ", delete service";
    } else if (command instanceof IpvsCommand.AddDestination add) {
      return add.service() + ", add server " + format(add.destination().address());
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      return edit.service() + ", edit server " + format(edit.destination().address());
    } else if (command instanceof IpvsCommand.DeleteDestination delete) {
      return delete.service() + ", delete server " + format(delete.destination());
    } else if (command instanceof IpvsCommand.Zero zero) {
      return zero.service() == null ? "zero all counters" : zero.service() + ", zero counters";
    } else if (command instanceof IpvsCommand.SetTimeouts set) {
      IpvsTimeouts to = set.timeouts();
      return "set timeouts " + to.tcp() + " " + to.tcpFin() + " " + to.udp();
    } else if (command instanceof IpvsCommand.StartDaemon start) {
      return "start daemon "
          + role(start.daemon().role())
          + " on "
          + start.daemon().networkInterface();
    } else if (command instanceof IpvsCommand.StopDaemon stop) {
      return "stop daemon " + role(stop.role());
    }
    return "clear the table";
  }

  static IpvsException refused(IpvsCommand command, NetlinkError error) {
    return new IpvsException(
        error.errno(), describe(command) + ": " + error + "; " + wayOut(command, error.errno()));
  }

  /** What may help with any request, also one that only reads. */
  static String wayOut(int errno) {
    return switch (errno) {
      case Errno.EPERM ->
          "IPVS wants CAP_NET_ADMIN in the initial user namespace, also for reading: run as root"
              + " outside of any user namespace, or give the program that capability (setcap"
              + " cap_net_admin+ep, AmbientCapabilities=CAP_NET_ADMIN in systemd)";
      case Errno.ENOENT ->
          "this kernel has no IPVS, or its module is not loaded: as root, modprobe ip_vs";
      case Errno.ENOMEM, Errno.ENOBUFS -> "the kernel has no memory for it; free some";
      case Errno.EOPNOTSUPP -> "this kernel does not know the request; a newer one may";
      default -> "read the table again and look at what is there (ipvsadm -Ln)";
    };
  }

  private static String wayOut(IpvsCommand command, int errno) {
    if (command instanceof IpvsCommand.AddService add) {
      return ofService(add.service(), errno, "it is there already: edit it instead");
    } else if (command instanceof IpvsCommand.EditService edit) {
      return ofService(edit.service(), errno, "");
    } else if (command instanceof IpvsCommand.AddDestination add) {
      return ofDestination(add.service(), add.destination(), errno);
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      return ofDestination(edit.service(), edit.destination(), errno);
    } else if (command instanceof IpvsCommand.DeleteDestination) {
      return switch (errno) {
        case Errno.ENOENT -> "no such server in this service; it is gone already";
        case Errno.ESRCH -> "no such service; its servers went with it";
        default -> wayOut(errno);
      };
    } else if (command instanceof IpvsCommand.DeleteService
        || command instanceof IpvsCommand.Zero) {
      return errno == Errno.ESRCH ? "no such service; it is gone already" : wayOut(errno);
    } else if (command instanceof IpvsCommand.SetTimeouts) {
      return errno == Errno.EINVAL
          ? "each is in seconds, 0 (leave it) to 2147483647 divided by the kernel's HZ, which is"
              + " 100 to 1000"
          : wayOut(errno);
    } else if (command instanceof IpvsCommand.StartDaemon start) {
      return ofDaemon(start.daemon(), errno);
    } else if (command instanceof IpvsCommand.StopDaemon) {
      return errno == Errno.ESRCH ? "none of this role runs" : wayOut(errno);
    }
    return wayOut(errno);
  }

  private static String ofService(IpvsService service, int errno, String exists) {
    String scheduler = service.scheduler();
    return switch (errno) {
      case Errno.EEXIST -> exists.isEmpty() ? wayOut(errno) : exists;
      case Errno.ESRCH -> "no such service; add it instead";
      case Errno.ENOENT ->
          service.engine() == null
              ? "the kernel has no scheduler '"
                  + scheduler
                  + "': as root, modprobe ip_vs_"
                  + scheduler
                  + ", or use one it has"
              : "the kernel has no scheduler '"
                  + scheduler
                  + "' or no persistence engine '"
                  + service.engine()
                  + "': as root, modprobe ip_vs_"
                  + scheduler
                  + " and modprobe ip_vs_pe_"
                  + service.engine();
      case Errno.EINVAL ->
          "scheduler '"
              + scheduler
              + "' (expected: at most 15 characters), netmask "
              + service.netmask()
              + " (for IPv6: a prefix length, 1 to 128), flags "
              + service.flags()
              + " (the scheduler may refuse them)";
      case Errno.EAFNOSUPPORT -> "this kernel has no IPv6 in its IPVS";
      default -> wayOut(errno);
    };
  }

  private static String ofDestination(ServiceKey service, IpvsDestination server, int errno) {
    return switch (errno) {
      case Errno.EEXIST -> "it is there already: edit it instead";
      case Errno.ENOENT -> "no such server in this service; add it instead";
      case Errno.ESRCH -> "no such service; add " + service + " first";
      case Errno.ERANGE ->
          "weight "
              + server.weight()
              + " (expected: 0 to 2147483647), thresholds "
              + server.upper()
              + " and "
              + server.lower()
              + " (expected: the lower at most the upper)";
      case Errno.EINVAL ->
          "expected: a unicast or local address, in a network namespace that has any (ip link set lo"
              + " up gives it one); another family than the service's with tunnels only and without"
              + " sync daemons; a port for gue (it is "
              + server.tunnelPort()
              + ")";
      case Errno.EAFNOSUPPORT -> "this kernel has no IPv6 in its IPVS";
      default -> wayOut(errno);
    };
  }

  private static String ofDaemon(SyncDaemon daemon, int errno) {
    return switch (errno) {
      case Errno.EEXIST -> "one of this role runs already: stop it first";
      case Errno.ENODEV ->
          "no network interface '" + daemon.networkInterface() + "'; ip link shows those there are";
      case Errno.EINVAL ->
          "expected: sync id 0 to 255, an interface with an address, a multicast group, and no"
              + " service with servers of another family than its own";
      default -> wayOut(errno);
    };
  }

  private static String format(InetSocketAddress address) {
    return SocketAddresses.format(address);
  }

  private static String role(SyncDaemon.Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
