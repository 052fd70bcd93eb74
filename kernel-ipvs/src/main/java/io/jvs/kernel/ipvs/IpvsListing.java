package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import java.util.List;
import java.util.Locale;

/** Tables as {@code ipvsadm -L -n} prints them, byte for byte. */
public final class IpvsListing {
  /** Which columns stand behind a row. */
  public enum Columns {
    /** Forwarding method, weight and connections. */
    CONNECTIONS,
    /** What has been carried since the counters were zeroed ({@code --stats}). */
    STATS,
    /** What is carried per second ({@code --rate}). */
    RATE,
    /** When a destination is full ({@code --thresholds}). */
    THRESHOLDS,
    /** Templates ({@code --persistent-conn}). */
    PERSISTENT,
    /** As CONNECTIONS, with the tunnel ({@code --tun-info}). */
    TUNNEL
  }

  private static final String SERVICE = "Prot LocalAddress:Port ";
  private static final String DESTINATION = "  -> RemoteAddress:Port";

  private final StringBuilder out = new StringBuilder();
  private final Columns columns;
  private final boolean exact;

  private IpvsListing(Columns columns, boolean exact) {
    this.columns = columns;
    this.exact = exact;
  }

  /**
   * A whole listing with its header.
   *
   * @param exact large numbers whole, not as 260112K ({@code --exact})
   * @param sorted by address as ipvsadm(8) does, or in the kernel's order ({@code --nosort})
   */
  public static String of(
      IpvsInfo info, IpvsSnapshot snapshot, Columns columns, boolean exact, boolean sorted) {
    IpvsListing listing = new IpvsListing(columns, exact);
    listing.header(info);
    List<IpvsSnapshot.Entry> entries = snapshot.entries();
    if (sorted) {
      entries = IpvsadmOrder.services(entries, entry -> entry.service().service().key());
    }
    for (IpvsSnapshot.Entry entry : entries) {
      listing.service(entry.service());
      List<DestinationRow> rows = entry.destinations();
      (sorted ? IpvsadmOrder.destinations(rows, DestinationRow::destination) : rows)
          .forEach(listing::destination);
    }
    return listing.out.toString();
  }

  /** {@code ipvsadm -L --timeout}. */
  public static String of(IpvsTimeouts timeouts) {
    return "Timeout (tcp tcpfin udp): "
        + timeouts.tcp()
        + " "
        + timeouts.tcpFin()
        + " "
        + timeouts.udp()
        + "\n";
  }

  /** {@code ipvsadm -L --daemon}: a line for each, none without one. */
  public static String of(List<SyncDaemon> daemons) {
    StringBuilder out = new StringBuilder();
    for (SyncDaemon each : daemons) {
      out.append(each.role().name().toLowerCase(Locale.ROOT))
          .append(" sync daemon (mcast=")
          .append(each.networkInterface())
          .append(", syncid=")
          .append(each.syncId())
          .append(", maxlen=")
          .append(each.maxLength())
          .append(", group=")
          .append(each.group() == null ? "" : AddressText.of(each.group()))
          .append(", port=")
          .append(each.port())
          .append(", ttl=")
          .append(each.ttl())
          .append(")\n");
    }
    return out.toString();
  }

  private void header(IpvsInfo info) {
    line("IP Virtual Server version %s (size=%d)", info.versionText(), info.connectionTableSize());
    String more = "          ";
    switch (columns) {
      case STATS -> {
        line("%s              Conns   InPkts  OutPkts  InBytes OutBytes", SERVICE);
        line(DESTINATION);
      }
      case RATE -> {
        line("%s                CPS    InPPS   OutPPS    InBPS   OutBPS", SERVICE);
        line(DESTINATION);
      }
      case THRESHOLDS -> {
        line("%s %s Uthreshold Lthreshold ActiveConn InActConn ", SERVICE, more.substring(1));
        line(DESTINATION);
      }
      case PERSISTENT -> {
        line("%s %s Weight    PersistConn ActiveConn InActConn ", SERVICE, more.substring(1));
        line(DESTINATION);
      }
      case CONNECTIONS -> {
        line("%sScheduler Flags", SERVICE);
        line("%s           Forward Weight ActiveConn InActConn", DESTINATION);
      }
      case TUNNEL -> {
        line("%sScheduler Flags", SERVICE);
        line("%s           Forward TunnelInfo    Weight ActiveConn InActConn", DESTINATION);
      }
    }
  }

  private void service(ServiceRow row) {
    IpvsService service = row.service();
    String name = name(service.key());
    switch (columns) {
      case STATS -> out.append(padded(name, 33)).append(totals(row.traffic())).append('\n');
      case RATE -> out.append(padded(name, 33)).append(rates(row.traffic())).append('\n');
      default -> out.append(name).append(' ').append(description(service)).append('\n');
    }
  }

  private static String name(ServiceKey key) {
    if (key instanceof ServiceKey.Address address) {
      String protocol =
          switch (address.protocol()) {
            case ServiceKey.TCP -> "TCP";
            case ServiceKey.UDP -> "UDP";
            case ServiceKey.SCTP -> "SCTP";
            default -> String.valueOf(address.protocol()); // ipvsadm(8) prints TCP or nothing
          };
      return padded(protocol, 4) + " " + AddressText.of(address.address(), address.port());
    }
    ServiceKey.Mark mark = (ServiceKey.Mark) key;
    return "FWM  " + (int) mark.mark() + (mark.family() == AddressFamily.IPV6 ? " IPv6" : "");
  }

  private static String description(IpvsService service) {
    StringBuilder text = new StringBuilder(service.scheduler());
    String flags = SchedulerFlags.ipvsadmText(service.scheduler(), service.flags());
    if (!flags.isEmpty()) {
      text.append(" (").append(flags).append(')');
    }
    if (service.has(IpvsService.PERSISTENT)) {
      text.append(" persistent ").append(service.timeoutSeconds());
      AddressFamily family = service.key().family();
      if (service.netmask() != IpvsService.fullNetmask(family)) {
        text.append(" mask ").append(CommandText.netmask(family, service.netmask()));
      }
      if (service.engine() != null) {
        text.append(" pe ").append(service.engine());
      }
    }
    if (service.has(IpvsService.ONE_PACKET)) {
      text.append(" ops");
    }
    return text.toString();
  }

  private void destination(DestinationRow row) {
    IpvsDestination it = row.destination();
    out.append("  -> ").append(padded(AddressText.of(it.address()), 28));
    switch (columns) {
      case STATS -> line("%s", totals(row.traffic()));
      case RATE -> line("%s", rates(row.traffic()));
      case THRESHOLDS ->
          line(" %-10d %-10d %-10d %-10d", it.upper(), it.lower(), row.active(), row.inactive());
      case PERSISTENT ->
          line(
              " %-9d %-11d %-10d %-10d",
              it.weight(), row.persistent(), row.active(), row.inactive());
      case CONNECTIONS ->
          line(" %-7s %-6d %-10d %-10d", method(it), it.weight(), row.active(), row.inactive());
      case TUNNEL ->
          line(
              " %-7s %-13s %-6d %-10d %-10d",
              method(it), tunnel(it), it.weight(), row.active(), row.inactive());
    }
  }

  private static String method(IpvsDestination destination) {
    return switch (destination.method()) {
      case IpvsDestination.NAT -> "Masq";
      case IpvsDestination.LOCAL -> "Local";
      case IpvsDestination.TUNNEL -> "Tunnel";
      case IpvsDestination.DIRECT_ROUTE -> "Route";
      default -> "Bypass";
    };
  }

  private static String tunnel(IpvsDestination destination) {
    if (destination.method() != IpvsDestination.TUNNEL) {
      return "n/a";
    }
    String checksum =
        switch (destination.tunnelFlags()) {
          case IpvsDestination.CHECKSUM -> ":+c";
          case IpvsDestination.REMOTE_CHECKSUM -> ":r+c";
          default -> ":-c";
        };
    return switch (destination.tunnelType()) {
      case IpvsDestination.GUE -> "gue:" + destination.tunnelPort() + checksum;
      case IpvsDestination.GRE -> "gre" + checksum;
      default -> "ipip";
    };
  }

  private String totals(Traffic t) {
    return numbers(t.connections(), t.inPackets(), t.outPackets(), t.inBytes(), t.outBytes());
  }

  private String rates(Traffic t) {
    return numbers(
        t.connectionsPerSecond(),
        t.inPacketsPerSecond(),
        t.outPacketsPerSecond(),
        t.inBytesPerSecond(),
        t.outBytesPerSecond());
  }

  private String numbers(long... values) {
    StringBuilder text = new StringBuilder();
    for (long each : values) {
      text.append(exact ? whole(each) : rounded(each));
    }
    return text.toString();
  }

  private static String whole(long value) {
    String text = Long.toUnsignedString(value);
    return text.length() < 9 ? " ".repeat(9 - text.length()) + text : " " + text;
  }

  /** Cut off to at most eight digits and a letter, where there is one. */
  private static String rounded(long value) {
    if (Long.compareUnsigned(value, 100_000_000L) < 0) {
      return right(value, 1, "");
    } else if (Long.compareUnsigned(value, 1_000_000_000L) < 0) {
      return right(value, 1_000, "K");
    } else if (Long.compareUnsigned(value, 100_000_000_000L) < 0) {
      return right(value, 1_000_000, "M");
    } else if (Long.compareUnsigned(value, 100_000_000_000_000L) < 0) {
      return right(value, 1_000_000_000, "G");
    }
    return right(value, 1_000_000_000_000L, "T");
  }

  private static String right(long value, long unit, String letter) {
    String text = Long.toUnsignedString(Long.divideUnsigned(value, unit)) + letter;
    return " ".repeat(Math.max(0, 9 - text.length())) + text;
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }

  private void line(String format, Object... values) {
    out.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
