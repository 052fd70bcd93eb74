package io.jvs.kernel.ipvs;

import static io.jvs.kernel.ipvs.IpvsAttribute.*;

import io.jvs.kernel.netlink.MessageWriter;
import io.jvs.model.AddressFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Commands and questions as the attributes that the kernel reads (ip_vs_genl_parse_service). */
final class IpvsRequests {
  /** Addresses of both families take as much (union nf_inet_addr). */
  private static final int ADDRESS = 16;

  private IpvsRequests() {}

  static void write(IpvsCommand command, MessageWriter out) {
    if (command instanceof IpvsCommand.AddService add) {
      out.command(NEW_SERVICE);
      service(add.service(), out);
    } else if (command instanceof IpvsCommand.EditService edit) {
      out.command(SET_SERVICE);
      service(edit.service(), out);
    } else if (command instanceof IpvsCommand.DeleteService delete) {
      out.command(DEL_SERVICE);
      key(delete.service(), out);
    } else if (command instanceof IpvsCommand.AddDestination add) {
      out.command(NEW_DEST);
      key(add.service(), out);
      destination(add.service().family(), add.destination(), out);
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      out.command(SET_DEST);
      key(edit.service(), out);
      destination(edit.service().family(), edit.destination(), out);
    } else if (command instanceof IpvsCommand.DeleteDestination delete) {
      out.command(DEL_DEST);
      key(delete.service(), out);
      int nest = out.nested(CMD_DEST);
      address(delete.service().family(), delete.destination(), out);
      out.endNested(nest);
    } else if (command instanceof IpvsCommand.Flush) {
      out.command(FLUSH);
    } else if (command instanceof IpvsCommand.Zero zero) {
      out.command(ZERO);
      if (zero.service() != null) {
        key(zero.service(), out);
      }
    } else if (command instanceof IpvsCommand.SetTimeouts set) {
      out.command(SET_CONFIG);
      out.u32(CMD_TIMEOUT_TCP, (int) set.timeouts().tcp());
      out.u32(CMD_TIMEOUT_TCP_FIN, (int) set.timeouts().tcpFin());
      out.u32(CMD_TIMEOUT_UDP, (int) set.timeouts().udp());
    } else if (command instanceof IpvsCommand.StartDaemon start) {
      out.command(NEW_DAEMON);
      daemon(start.daemon(), out);
    } else if (command instanceof IpvsCommand.StopDaemon stop) {
      out.command(DEL_DAEMON);
      int nest = out.nested(CMD_DAEMON);
      out.u32(DAEMON_STATE, state(stop.role()));
      out.endNested(nest);
    }
  }

  /** A question about all there is, or about what {@code service} has. */
  static void ask(int command, @Nullable ServiceKey service, MessageWriter out) {
    out.command(command);
    if (service != null) {
      key(service, out);
    }
  }

  private static void key(ServiceKey key, MessageWriter out) {
    int nest = out.nested(CMD_SERVICE);
    keyAttributes(key, out);
    out.endNested(nest);
  }

  private static void keyAttributes(ServiceKey key, MessageWriter out) {
    out.u16(SVC_AF, family(key.family()));
    if (key instanceof ServiceKey.Address address) {
      out.u16(SVC_PROTOCOL, address.protocol());
      out.bytes(SVC_ADDR, address.address().getAddress(), ADDRESS);
      out.u16be(SVC_PORT, address.port());
    } else if (key instanceof ServiceKey.Mark mark) {
      out.u32(SVC_FWMARK, (int) mark.mark());
    }
  }

  private static void service(IpvsService service, MessageWriter out) {
    int nest = out.nested(CMD_SERVICE);
    keyAttributes(service.key(), out);
    out.string(SVC_SCHED_NAME, service.scheduler());
    out.u32Pair(SVC_FLAGS, service.flags(), -1); // the mask: all bits are as we say
    out.u32(SVC_TIMEOUT, (int) service.timeoutSeconds());
    if (service.key().family() == AddressFamily.IPV4) {
      out.u32be(SVC_NETMASK, service.netmask());
    } else {
      out.u32(SVC_NETMASK, service.netmask());
    }
    if (service.engine() != null) {
      out.string(SVC_PE_NAME, service.engine());
    }
    out.endNested(nest);
  }

  private static void destination(
      AddressFamily ofService, IpvsDestination destination, MessageWriter out) {
    int nest = out.nested(CMD_DEST);
    address(ofService, destination.address(), out);
    out.u32(DEST_FWD_METHOD, destination.method());
    out.u32(DEST_WEIGHT, destination.weight());
    out.u32(DEST_U_THRESH, (int) destination.upper());
    out.u32(DEST_L_THRESH, (int) destination.lower());
    if ((destination.tunnelType() | destination.tunnelPort() | destination.tunnelFlags()) != 0) {
      out.u8(DEST_TUN_TYPE, destination.tunnelType());
      out.u16be(DEST_TUN_PORT, destination.tunnelPort());
      out.u16(DEST_TUN_FLAGS, destination.tunnelFlags());
    }
    out.endNested(nest);
  }

  private static void address(
      AddressFamily ofService, InetSocketAddress destination, MessageWriter out) {
    InetAddress ip = destination.getAddress();
    out.bytes(DEST_ADDR, ip.getAddress(), ADDRESS);
    out.u16be(DEST_PORT, destination.getPort());
    if (AddressFamily.of(ip) != ofService) { // kernels before 3.18 know no other case
      out.u16(DEST_ADDR_FAMILY, family(AddressFamily.of(ip)));
    }
  }

  private static void daemon(SyncDaemon daemon, MessageWriter out) {
    int nest = out.nested(CMD_DAEMON);
    out.u32(DAEMON_STATE, state(daemon.role()));
    out.string(DAEMON_MCAST_IFN, daemon.networkInterface());
    out.u32(DAEMON_SYNC_ID, daemon.syncId());
    if (daemon.maxLength() != 0) {
      out.u16(DAEMON_SYNC_MAXLEN, daemon.maxLength());
    }
    if (daemon.group() != null) {
      byte[] group = daemon.group().getAddress();
      out.bytes(
          daemon.group() instanceof Inet6Address ? DAEMON_MCAST_GROUP6 : DAEMON_MCAST_GROUP,
          group,
          group.length);
    }
    if (daemon.port() != 0) {
      out.u16(DAEMON_MCAST_PORT, daemon.port());
    }
    if (daemon.ttl() != 0) {
      out.u8(DAEMON_MCAST_TTL, daemon.ttl());
    }
    out.endNested(nest);
  }

  private static int family(AddressFamily family) {
    return family == AddressFamily.IPV4 ? AF_INET : AF_INET6;
  }

  private static int state(SyncDaemon.Role role) {
    return role == SyncDaemon.Role.MASTER ? STATE_MASTER : STATE_BACKUP;
  }
}
