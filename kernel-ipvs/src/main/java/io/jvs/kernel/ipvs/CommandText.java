package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import java.util.Locale;

/** Commands as the arguments that ipvsadm(8) takes; {@link SaveFormat} reads them again. */
public final class CommandText {
  private CommandText() {}

  /** {@code -a -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 3 -x 100}. */
  public static String of(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService c) {
      return "-A " + service(c.service(), true);
    } else if (command instanceof IpvsCommand.EditService c) {
      return "-E " + service(c.service(), true);
    } else if (command instanceof IpvsCommand.DeleteService c) {
      return "-D " + key(c.service());
    } else if (command instanceof IpvsCommand.AddDestination c) {
      return "-a " + destination(c.service(), c.destination(), true);
    } else if (command instanceof IpvsCommand.EditDestination c) {
      return "-e " + destination(c.service(), c.destination(), true);
    } else if (command instanceof IpvsCommand.DeleteDestination c) {
      return "-d " + key(c.service()) + " -r " + AddressText.of(c.destination());
    } else if (command instanceof IpvsCommand.Zero c) {
      ServiceKey key = c.service();
      return key == null ? "-Z" : "-Z " + key(key);
    } else if (command instanceof IpvsCommand.SetTimeouts c) {
      IpvsTimeouts seconds = c.timeouts();
      return "--set " + seconds.tcp() + " " + seconds.tcpFin() + " " + seconds.udp();
    } else if (command instanceof IpvsCommand.StartDaemon c) {
      return "--start-daemon " + daemon(c.daemon());
    } else if (command instanceof IpvsCommand.StopDaemon c) {
      return "--stop-daemon " + role(c.role());
    } else {
      return "-C"; // the only one left: Flush
    }
  }

  /** A service without the command, also as {@code ipvsadm -S} prints it. */
  static String service(IpvsService service, boolean exact) {
    StringBuilder out = new StringBuilder(exact ? key(service.key()) : plainKey(service.key()));
    out.append(" -s ").append(service.scheduler());
    if (service.has(IpvsService.PERSISTENT)) {
      out.append(" -p ").append(service.timeoutSeconds());
      AddressFamily family = service.key().family();
      if (service.netmask() != IpvsService.fullNetmask(family)) {
        out.append(" -M ").append(netmask(family, service.netmask()));
      }
    }
    if (service.engine() != null) {
      out.append(" --pe ").append(service.engine());
    }
    if (service.has(IpvsService.ONE_PACKET)) {
      out.append(" -o");
    }
    String flags =
        exact
            ? SchedulerFlags.text(service.scheduler(), service.flags())
            : SchedulerFlags.ipvsadmText(service.scheduler(), service.flags());
    if (!flags.isEmpty()) {
      out.append(" -b ").append(flags);
    }
    if (exact && !hasOwnProtocol(service.key()) && RowRules.objection(service) != null) {
      out.append(" --as-is");
    }
    return out.toString();
  }

  static String netmask(AddressFamily family, int netmask) {
    return family == AddressFamily.IPV4
        ? AddressText.quad(netmask)
        : Integer.toUnsignedString(netmask);
  }

  /**
   * @param exact also what {@code ipvsadm -S} leaves out
   */
  static String destination(ServiceKey key, IpvsDestination destination, boolean exact) {
    StringBuilder out = new StringBuilder(exact ? key(key) : plainKey(key));
    out.append(" -r ").append(AddressText.of(destination.address()));
    boolean asIs = exact && RowRules.objection(key, destination) != null;
    if (asIs) {
      out.append(hasOwnProtocol(key) ? "" : " --as-is");
      out.append(" --method ").append(destination.method());
    } else {
      out.append(method(destination.method()));
    }
    out.append(" -w ").append(destination.weight());
    if (exact && destination.upper() != 0) {
      out.append(" -x ").append(destination.upper());
    }
    if (exact && destination.lower() != 0) {
      out.append(" -y ").append(destination.lower());
    }
    if (destination.method() == IpvsDestination.TUNNEL) {
      out.append(asIs ? numbers(destination) : tunnel(destination));
    }
    return out.toString();
  }

  private static String method(int method) {
    return switch (method) {
      case IpvsDestination.NAT -> " -m";
      case IpvsDestination.TUNNEL -> " -i";
      default -> " -g";
    };
  }

  private static String numbers(IpvsDestination destination) {
    return " --tunnel "
        + destination.tunnelType()
        + ":"
        + destination.tunnelPort()
        + ":"
        + destination.tunnelFlags();
  }

  private static String tunnel(IpvsDestination destination) {
    String checksum =
        switch (destination.tunnelFlags()) {
          case 0 -> " --tun-nocsum";
          case IpvsDestination.CHECKSUM -> " --tun-csum";
          default -> " --tun-remcsum";
        };
    return switch (destination.tunnelType()) {
      case IpvsDestination.GUE ->
          " --tun-type gue --tun-port " + destination.tunnelPort() + checksum;
      case IpvsDestination.GRE -> " --tun-type gre" + checksum;
      default -> " --tun-type ipip";
    };
  }

  /** With the protocol as an option of our own if ipvsadm(8) has no word for it. */
  private static String key(ServiceKey key) {
    return key instanceof ServiceKey.Address address && hasOwnProtocol(key)
        ? plainKey(key) + " --as-is --protocol " + address.protocol()
        : plainKey(key);
  }

  private static boolean hasOwnProtocol(ServiceKey key) {
    return key instanceof ServiceKey.Address address
        && !SaveLineReader.PROTOCOLS.containsValue(address.protocol());
  }

  private static String plainKey(ServiceKey key) {
    if (key instanceof ServiceKey.Address address) {
      String option =
          switch (address.protocol()) {
            case ServiceKey.UDP -> "-u ";
            case ServiceKey.SCTP -> "--sctp-service ";
            default -> "-t ";
          };
      return option + AddressText.of(address.address(), address.port());
    }
    ServiceKey.Mark mark = (ServiceKey.Mark) key;
    return "-f " + mark.mark() + (mark.family() == AddressFamily.IPV6 ? " -6" : "");
  }

  private static String daemon(SyncDaemon daemon) {
    StringBuilder out = new StringBuilder(role(daemon.role()));
    out.append(" --mcast-interface ").append(daemon.networkInterface());
    out.append(" --syncid ").append(daemon.syncId());
    if (daemon.maxLength() != 0) {
      out.append(" --sync-maxlen ").append(daemon.maxLength());
    }
    if (daemon.group() != null) {
      out.append(" --mcast-group ").append(AddressText.of(daemon.group()));
    }
    if (daemon.port() != 0) {
      out.append(" --mcast-port ").append(daemon.port());
    }
    if (daemon.ttl() != 0) {
      out.append(" --mcast-ttl ").append(daemon.ttl());
    }
    return out.toString();
  }

  private static String role(SyncDaemon.Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
