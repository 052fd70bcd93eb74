package io.jvs.launcher;

import io.jvs.kernel.ipvs.DestinationRow;
import io.jvs.kernel.ipvs.IpvsDestination;
import io.jvs.kernel.ipvs.IpvsInfo;
import io.jvs.kernel.ipvs.IpvsService;
import io.jvs.kernel.ipvs.IpvsSnapshot;
import io.jvs.kernel.ipvs.IpvsTable;
import io.jvs.kernel.ipvs.IpvsTimeouts;
import io.jvs.kernel.ipvs.ServiceKey;
import io.jvs.kernel.ipvs.SyncDaemon;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All that {@code jvs ipvs list} has read. */
record IpvsReport(
    IpvsInfo info, IpvsSnapshot snapshot, IpvsTimeouts timeouts, List<SyncDaemon> daemons) {

  static IpvsReport read(IpvsTable table) throws IOException {
    return new IpvsReport(table.info(), table.snapshot(), table.timeouts(), table.daemons());
  }

  /** In the kernel's order; fields as docs/configuration.md tells. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("version", info.versionText());
    json.put("connectionTableSize", info.connectionTableSize());
    json.put("timeouts", timeouts); // tcp, tcpFin, udp, in seconds
    json.put("daemons", daemons.stream().map(IpvsReport::daemon).toList());
    json.put("services", snapshot.entries().stream().map(IpvsReport::service).toList());
    return json;
  }

  private static Map<String, Object> daemon(SyncDaemon daemon) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("role", daemon.role().name().toLowerCase(Locale.ROOT));
    json.put("syncId", daemon.syncId());
    json.put("interface", daemon.networkInterface());
    json.put("maxLength", daemon.maxLength());
    json.put("group", daemon.group() == null ? null : SocketAddresses.format(daemon.group()));
    json.put("port", daemon.port());
    json.put("ttl", daemon.ttl());
    return json;
  }

  private static Map<String, Object> service(IpvsSnapshot.Entry entry) {
    IpvsService service = entry.service().service();
    Map<String, Object> json = new LinkedHashMap<>();
    if (service.key() instanceof ServiceKey.Address key) {
      json.put("protocol", key.protocol());
      json.put("address", SocketAddresses.format(key.address()));
      json.put("port", key.port());
    } else if (service.key() instanceof ServiceKey.Mark key) {
      json.put("mark", key.mark());
    }
    json.put("family", service.key().family().toString());
    json.put("scheduler", service.scheduler());
    json.put("flags", service.flags());
    json.put("persistent", service.has(IpvsService.PERSISTENT));
    json.put("onePacket", service.has(IpvsService.ONE_PACKET));
    json.put("timeout", service.timeoutSeconds());
    json.put("netmask", Integer.toUnsignedLong(service.netmask()));
    json.put("engine", service.engine());
    json.put("traffic", entry.service().traffic());
    json.put("destinations", entry.destinations().stream().map(IpvsReport::destination).toList());
    return json;
  }

  private static Map<String, Object> destination(DestinationRow row) {
    IpvsDestination destination = row.destination();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("address", SocketAddresses.format(destination.ip()));
    json.put("port", destination.address().getPort());
    json.put("method", method(destination.method()));
    json.put("weight", destination.weight());
    json.put("upper", destination.upper());
    json.put("lower", destination.lower());
    json.put("tunnelType", destination.tunnelType());
    json.put("tunnelPort", destination.tunnelPort());
    json.put("tunnelFlags", destination.tunnelFlags());
    json.put("active", row.active());
    json.put("inactive", row.inactive());
    json.put("persistentConnections", row.persistent());
    json.put("traffic", row.traffic());
    return json;
  }

  private static String method(int method) {
    return switch (method) {
      case IpvsDestination.NAT -> "NAT";
      case IpvsDestination.LOCAL -> "LOCAL";
      case IpvsDestination.TUNNEL -> "TUN";
      case IpvsDestination.DIRECT_ROUTE -> "DR";
      case IpvsDestination.BYPASS -> "BYPASS";
      default -> String.valueOf(method);
    };
  }
}
