package io.jvs.kernel.ipvs;

import static io.jvs.kernel.ipvs.IpvsAttribute.*;

import io.jvs.kernel.netlink.Attributes;
import io.jvs.kernel.netlink.MalformedMessageException;
import io.jvs.model.AddressFamily;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel answers, read from its attributes (ip_vs_genl_fill_service and others). What is
 * not known here is a newer kernel's and left out.
 */
final class IpvsAnswers {
  /** Of statistics: the first ten attributes, 1 to 10, are numbers. */
  private static final int NUMBERS = 10;

  private static final int STATS_INBYTES = 4;
  private static final int STATS_OUTBYTES = 5;

  private IpvsAnswers() {}

  static ServiceRow service(Attributes message) throws MalformedMessageException {
    Attributes attributes = find(message, CMD_SERVICE, "service");
    int family = 0;
    int protocol = 0;
    int port = 0;
    long mark = 0;
    byte @Nullable [] address = null;
    String scheduler = null;
    String engine = null;
    int flags = 0;
    long timeout = 0;
    Attributes netmask = null;
    Traffic traffic = null;
    Traffic narrow = null;
    while (attributes.next()) {
      switch (attributes.type()) {
        case SVC_AF -> family = attributes.u16();
        case SVC_PROTOCOL -> protocol = attributes.u16();
        case SVC_ADDR -> address = attributes.bytes(Math.min(16, attributes.length()));
        case SVC_PORT -> port = attributes.u16be();
        case SVC_FWMARK -> mark = attributes.u32();
        case SVC_SCHED_NAME -> scheduler = attributes.string();
        case SVC_FLAGS -> flags = attributes.firstI32() & ~FLAG_HASHED;
        case SVC_TIMEOUT -> timeout = attributes.u32();
        case SVC_NETMASK -> netmask = attributes.value();
        case SVC_STATS -> narrow = traffic(attributes.nested(), /* wide= */ false);
        case SVC_PE_NAME -> engine = attributes.string();
        case SVC_STATS64 -> traffic = traffic(attributes.nested(), /* wide= */ true);
        default -> {}
      }
    }
    AddressFamily known = family(family, "service");
    if (scheduler == null) {
      throw new MalformedMessageException("service without a scheduler");
    }
    ServiceKey key =
        mark != 0
            ? new ServiceKey.Mark(mark, known)
            : new ServiceKey.Address(protocol, ip(known, address, "service"), port);
    return new ServiceRow(
        new IpvsService(
            key,
            scheduler,
            flags,
            timeout,
            netmask == null
                ? IpvsService.fullNetmask(known)
                : known == AddressFamily.IPV4 ? netmask.i32be() : netmask.i32(),
            engine == null || engine.isEmpty() ? null : engine),
        traffic != null ? traffic : narrow != null ? narrow : Traffic.NONE);
  }

  /**
   * Reads a destination.
   *
   * @param ofService its family, unless it says another
   */
  static DestinationRow destination(Attributes message, AddressFamily ofService)
      throws MalformedMessageException {
    Attributes attributes = find(message, CMD_DEST, "destination");
    int family = 0;
    byte @Nullable [] address = null;
    int port = 0;
    int method = 0;
    int weight = 0;
    long upper = 0;
    long lower = 0;
    int tunnelType = 0;
    int tunnelPort = 0;
    int tunnelFlags = 0;
    long active = 0;
    long inactive = 0;
    long persistent = 0;
    Traffic traffic = null;
    Traffic narrow = null;
    while (attributes.next()) {
      switch (attributes.type()) {
        case DEST_ADDR -> address = attributes.bytes(Math.min(16, attributes.length()));
        case DEST_PORT -> port = attributes.u16be();
        case DEST_FWD_METHOD -> method = attributes.i32() & METHOD_MASK;
        case DEST_WEIGHT -> weight = attributes.i32();
        case DEST_U_THRESH -> upper = attributes.u32();
        case DEST_L_THRESH -> lower = attributes.u32();
        case DEST_ACTIVE_CONNS -> active = attributes.u32();
        case DEST_INACT_CONNS -> inactive = attributes.u32();
        case DEST_PERSIST_CONNS -> persistent = attributes.u32();
        case DEST_STATS -> narrow = traffic(attributes.nested(), /* wide= */ false);
        case DEST_ADDR_FAMILY -> family = attributes.u16();
        case DEST_STATS64 -> traffic = traffic(attributes.nested(), /* wide= */ true);
        case DEST_TUN_TYPE -> tunnelType = attributes.u8();
        case DEST_TUN_PORT -> tunnelPort = attributes.u16be();
        case DEST_TUN_FLAGS -> tunnelFlags = attributes.u16();
        default -> {}
      }
    }
    AddressFamily known = family == 0 ? ofService : family(family, "destination");
    return new DestinationRow(
        new IpvsDestination(
            new InetSocketAddress(ip(known, address, "destination"), port),
            method,
            weight,
            upper,
            lower,
            tunnelType,
            tunnelPort,
            tunnelFlags),
        active,
        inactive,
        persistent,
        traffic != null ? traffic : narrow != null ? narrow : Traffic.NONE);
  }

  private static Traffic traffic(Attributes attributes, boolean wide)
      throws MalformedMessageException {
    long[] numbers = new long[NUMBERS + 1];
    while (attributes.next()) {
      int type = attributes.type();
      if (type >= 1 && type <= NUMBERS) { // 11 is padding
        numbers[type] =
            wide || type == STATS_INBYTES || type == STATS_OUTBYTES
                ? attributes.u64()
                : attributes.u32();
      }
    }
    return new Traffic(
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[5],
        numbers[6],
        numbers[7],
        numbers[8],
        numbers[9],
        numbers[10]);
  }

  static SyncDaemon daemon(Attributes message) throws MalformedMessageException {
    Attributes attributes = find(message, CMD_DAEMON, "daemon");
    int state = 0;
    int syncId = 0;
    int maxLength = 0;
    int port = 0;
    int ttl = 0;
    String networkInterface = "";
    InetAddress group = null;
    while (attributes.next()) {
      switch (attributes.type()) {
        case DAEMON_STATE -> state = attributes.i32();
        case DAEMON_MCAST_IFN -> networkInterface = attributes.string();
        case DAEMON_SYNC_ID -> syncId = attributes.i32();
        case DAEMON_SYNC_MAXLEN -> maxLength = attributes.u16();
        case DAEMON_MCAST_GROUP -> group = ip(AddressFamily.IPV4, attributes.bytes(4), "daemon");
        case DAEMON_MCAST_GROUP6 -> group = ip(AddressFamily.IPV6, attributes.bytes(16), "daemon");
        case DAEMON_MCAST_PORT -> port = attributes.u16();
        case DAEMON_MCAST_TTL -> ttl = attributes.u8();
        default -> {}
      }
    }
    SyncDaemon.Role role =
        switch (state) {
          case STATE_MASTER -> SyncDaemon.Role.MASTER;
          case STATE_BACKUP -> SyncDaemon.Role.BACKUP;
          default ->
              throw new MalformedMessageException(
                  "daemon in state " + state + " (expected: 1, master, or 2, backup)");
        };
    if (syncId < 0 || syncId > 0xff) {
      throw new MalformedMessageException(
          "daemon with sync id " + syncId + " (expected: 0 to 255)");
    }
    return new SyncDaemon(role, syncId, networkInterface, maxLength, group, port, ttl);
  }

  static IpvsTimeouts timeouts(Attributes attributes) throws MalformedMessageException {
    long tcp = 0;
    long tcpFin = 0;
    long udp = 0;
    while (attributes.next()) {
      switch (attributes.type()) {
        case CMD_TIMEOUT_TCP -> tcp = attributes.u32();
        case CMD_TIMEOUT_TCP_FIN -> tcpFin = attributes.u32();
        case CMD_TIMEOUT_UDP -> udp = attributes.u32();
        default -> {}
      }
    }
    return new IpvsTimeouts(tcp, tcpFin, udp);
  }

  static IpvsInfo info(Attributes attributes) throws MalformedMessageException {
    int version = 0;
    long size = 0;
    while (attributes.next()) {
      switch (attributes.type()) {
        case INFO_VERSION -> version = attributes.i32();
        case INFO_CONN_TAB_SIZE -> size = attributes.u32();
        default -> {}
      }
    }
    return new IpvsInfo(version, size);
  }

  private static Attributes find(Attributes attributes, int type, String what)
      throws MalformedMessageException {
    while (attributes.next()) {
      if (attributes.type() == type) {
        return attributes.nested();
      }
    }
    throw new MalformedMessageException("message without a " + what);
  }

  private static AddressFamily family(int number, String what) throws MalformedMessageException {
    return switch (number) {
      case AF_INET -> AddressFamily.IPV4;
      case AF_INET6 -> AddressFamily.IPV6;
      default ->
          throw new MalformedMessageException(
              what + " of address family " + number + " (expected: 2 or 10)");
    };
  }

  private static InetAddress ip(AddressFamily family, byte @Nullable [] bytes, String what)
      throws MalformedMessageException {
    int length = family.bits() / 8;
    if (bytes == null || bytes.length < length) {
      throw new MalformedMessageException(
          what
              + " with an address of "
              + (bytes == null ? 0 : bytes.length)
              + " bytes (expected: "
              + length
              + ")");
    }
    try {
      return length == 4
          ? InetAddress.getByAddress(new byte[] {bytes[0], bytes[1], bytes[2], bytes[3]})
          : Inet6Address.getByAddress(null, bytes, -1); // an IPv4-mapped one stays what it is
    } catch (UnknownHostException e) {
      throw new MalformedMessageException(what + ": " + e.getMessage());
    }
  }
}
