package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import io.jvs.model.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a command of a line's words; limits and defaults are those of ipvsadm(8). */
final class SaveLineReader {
  static final Map<SaveOption, Integer> PROTOCOLS =
      Map.of(
          SaveOption.TCP_SERVICE, ServiceKey.TCP,
          SaveOption.UDP_SERVICE, ServiceKey.UDP,
          SaveOption.SCTP_SERVICE, ServiceKey.SCTP);

  private static final long DEFAULT_PERSISTENCE_SECONDS = 360;
  private static final long MAX_TIMEOUT_SECONDS = 21_474_836; // INT_MAX / HZ

  private static final Set<SaveOption> SERVICES =
      EnumSet.of(
          SaveOption.TCP_SERVICE,
          SaveOption.UDP_SERVICE,
          SaveOption.SCTP_SERVICE,
          SaveOption.FWMARK_SERVICE);
  private static final Set<SaveOption> METHODS =
      EnumSet.of(
          SaveOption.GATEWAYING, SaveOption.IPIP, SaveOption.MASQUERADING, SaveOption.METHOD);
  private static final Set<SaveOption> CHECKSUMS =
      EnumSet.of(
          SaveOption.TUNNEL_NO_CHECKSUM,
          SaveOption.TUNNEL_CHECKSUM,
          SaveOption.TUNNEL_REMOTE_CHECKSUM);
  private static final Set<SaveOption> OWN =
      EnumSet.of(SaveOption.PROTOCOL, SaveOption.METHOD, SaveOption.TUNNEL);
  private static final Set<SaveOption> OF_KEYS =
      with(SERVICES, SaveOption.IPV6, SaveOption.AS_IS, SaveOption.PROTOCOL);
  private static final Set<SaveOption> OF_SERVICES =
      with(
          OF_KEYS,
          SaveOption.SCHEDULER,
          SaveOption.PERSISTENT,
          SaveOption.NETMASK,
          SaveOption.ENGINE,
          SaveOption.ONE_PACKET,
          SaveOption.SCHEDULER_FLAGS);
  private static final Set<SaveOption> OF_SERVERS =
      with(
          OF_KEYS,
          SaveOption.REAL_SERVER,
          SaveOption.GATEWAYING,
          SaveOption.IPIP,
          SaveOption.MASQUERADING,
          SaveOption.METHOD,
          SaveOption.TUNNEL_TYPE,
          SaveOption.TUNNEL_PORT,
          SaveOption.TUNNEL_NO_CHECKSUM,
          SaveOption.TUNNEL_CHECKSUM,
          SaveOption.TUNNEL_REMOTE_CHECKSUM,
          SaveOption.TUNNEL,
          SaveOption.WEIGHT,
          SaveOption.UPPER,
          SaveOption.LOWER);
  private static final Set<SaveOption> OF_DAEMONS =
      EnumSet.of(
          SaveOption.SYNC_ID,
          SaveOption.INTERFACE,
          SaveOption.GROUP,
          SaveOption.GROUP_PORT,
          SaveOption.GROUP_TTL,
          SaveOption.MAX_LENGTH);

  private final SaveWords words;
  private final Names names;

  private SaveLineReader(SaveWords words, Names names) {
    this.words = words;
    this.names = names;
  }

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  static IpvsCommand read(List<String> words, Names names) {
    return new SaveLineReader(SaveWords.of(words), names).command();
  }

  private IpvsCommand command() {
    words.allow(
        switch (words.command()) {
          case ADD_SERVICE, EDIT_SERVICE -> OF_SERVICES;
          case DELETE_SERVICE, ZERO -> OF_KEYS;
          case ADD_SERVER, EDIT_SERVER -> OF_SERVERS;
          case DELETE_SERVER -> with(OF_KEYS, SaveOption.REAL_SERVER);
          case START_DAEMON, STOP_DAEMON -> OF_DAEMONS;
          default -> EnumSet.noneOf(SaveOption.class);
        });
    for (SaveOption own : OWN) {
      if (words.has(own) && !words.has(SaveOption.AS_IS)) {
        throw new IllegalArgumentException(own + " without --as-is");
      }
    }
    return switch (words.command()) {
      case ADD_SERVICE -> new IpvsCommand.AddService(service());
      case EDIT_SERVICE -> new IpvsCommand.EditService(service());
      case DELETE_SERVICE -> new IpvsCommand.DeleteService(key());
      case ADD_SERVER -> {
        ServiceKey key = key();
        yield new IpvsCommand.AddDestination(key, destination(key));
      }
      case EDIT_SERVER -> {
        ServiceKey key = key();
        yield new IpvsCommand.EditDestination(key, destination(key));
      }
      case DELETE_SERVER -> {
        ServiceKey key = key();
        yield new IpvsCommand.DeleteDestination(key, realServer(key));
      }
      case CLEAR -> new IpvsCommand.Flush();
      case ZERO -> new IpvsCommand.Zero(words.oneOf(SERVICES) == null ? null : key());
      case SET -> new IpvsCommand.SetTimeouts(timeouts());
      case START_DAEMON -> new IpvsCommand.StartDaemon(daemon());
      case STOP_DAEMON -> new IpvsCommand.StopDaemon(role());
      default -> throw new IllegalStateException(words.command() + " is no command");
    };
  }

  private ServiceKey key() {
    SaveOption kind = words.oneOf(SERVICES);
    String text = kind == null ? null : words.get(kind);
    if (kind == null || text == null) {
      throw new IllegalArgumentException(
          words.command() + " without a service (expected: -t, -u, --sctp-service or -f)");
    }
    if (kind == SaveOption.FWMARK_SERVICE) {
      boolean six = words.has(SaveOption.IPV6);
      return new ServiceKey.Mark(mark(text), six ? AddressFamily.IPV6 : AddressFamily.IPV4);
    }
    if (words.has(SaveOption.IPV6)) {
      throw new IllegalArgumentException("-6 with " + kind + " (expected: with -f only)");
    }
    int protocol = PROTOCOLS.getOrDefault(kind, 0);
    String name = kind == SaveOption.UDP_SERVICE ? "udp" : "tcp";
    String protocolName = kind == SaveOption.SCTP_SERVICE ? "sctp" : name;
    InetSocketAddress address = endpoint(kind, text, protocolName, 0);
    return new ServiceKey.Address(
        words.has(SaveOption.PROTOCOL) ? (int) number(SaveOption.PROTOCOL, 0, 0xffff, 0) : protocol,
        address.getAddress(),
        address.getPort());
  }

  /** Also what {@code ipvsadm -S} makes of marks above 2147483647: a negative number. */
  private static long mark(String text) {
    if (text.matches("-[1-9]\\d{0,9}") && Long.parseLong(text) >= Integer.MIN_VALUE) {
      return Integer.toUnsignedLong((int) Long.parseLong(text));
    }
    return parse("-f " + text, text, 1, 0xffff_ffffL);
  }

  private IpvsService service() {
    ServiceKey key = key();
    String scheduler = name(SaveOption.SCHEDULER, "wlc");
    String flagNames = words.get(SaveOption.SCHEDULER_FLAGS);
    boolean persistent = words.has(SaveOption.PERSISTENT);
    IpvsService service =
        new IpvsService(
            key,
            scheduler,
            (persistent ? IpvsService.PERSISTENT : 0)
                | (words.has(SaveOption.ONE_PACKET) ? IpvsService.ONE_PACKET : 0)
                | (flagNames == null ? 0 : SchedulerFlags.parse(scheduler, flagNames)),
            persistent
                ? number(SaveOption.PERSISTENT, 0, 0xffff_ffffL, DEFAULT_PERSISTENCE_SECONDS)
                : 0,
            netmask(key.family(), persistent),
            words.has(SaveOption.ENGINE) ? name(SaveOption.ENGINE, "") : null);
    check(RowRules.objection(service));
    return service;
  }

  /** Without persistence it means nothing, and ipvsadm(8) takes it all the same. */
  private int netmask(AddressFamily family, boolean persistent) {
    String text = words.get(SaveOption.NETMASK);
    if (text == null) {
      return IpvsService.fullNetmask(family);
    }
    int mask;
    if (family == AddressFamily.IPV6) {
      mask = (int) parse("-M " + text, text, 1, 128);
    } else if (text.indexOf('.') < 0) {
      throw new IllegalArgumentException(
          "-M " + text + " (expected: a mask such as 255.255.255.0; a length for IPv6 only)");
    } else {
      mask = AddressText.word(ip("-M " + text, text).getAddress(), 0);
    }
    return persistent ? mask : IpvsService.fullNetmask(family);
  }

  private IpvsDestination destination(ServiceKey key) {
    SaveOption kind = words.oneOf(METHODS);
    int method = kind == null ? IpvsDestination.DIRECT_ROUTE : method(kind);
    InetSocketAddress address = realServer(key);
    boolean asIs = words.has(SaveOption.AS_IS);
    if (!asIs
        && method != IpvsDestination.NAT
        && key instanceof ServiceKey.Address service
        && address.getPort() != service.port()) {
      address = new InetSocketAddress(address.getAddress(), service.port()); // as ipvsadm(8) does
    }
    int[] tunnel = tunnel(method);
    IpvsDestination destination =
        new IpvsDestination(
            address,
            method,
            (int) number(SaveOption.WEIGHT, 0, Integer.MAX_VALUE, 1),
            number(SaveOption.UPPER, 0, 0xffff_ffffL, 0),
            number(SaveOption.LOWER, 0, 0xffff_ffffL, 0),
            tunnel[0],
            tunnel[1],
            tunnel[2]);
    check(RowRules.objection(key, destination));
    return destination;
  }

  private int method(SaveOption kind) {
    return switch (kind) {
      case MASQUERADING -> IpvsDestination.NAT;
      case IPIP -> IpvsDestination.TUNNEL;
      case METHOD -> (int) number(SaveOption.METHOD, 0, 7, 0);
      default -> IpvsDestination.DIRECT_ROUTE;
    };
  }

  /** Type, port, flags. */
  private int[] tunnel(int method) {
    String type = words.get(SaveOption.TUNNEL_TYPE);
    String all = words.get(SaveOption.TUNNEL);
    SaveOption checksum = words.oneOf(CHECKSUMS);
    boolean options = type != null || checksum != null || words.has(SaveOption.TUNNEL_PORT);
    if (all != null) {
      String[] parts = all.split(":", -1);
      if (options || parts.length != 3) {
        throw new IllegalArgumentException(
            "--tunnel " + all + " (expected: TYPE:PORT:FLAGS, and no other tunnel option)");
      }
      return new int[] {
        (int) parse("--tunnel " + all, parts[0], 0, 0xff),
        (int) parse("--tunnel " + all, parts[1], 0, 0xffff),
        (int) parse("--tunnel " + all, parts[2], 0, 0xffff)
      };
    }
    if (options && method != IpvsDestination.TUNNEL) {
      throw new IllegalArgumentException("tunnel options without -i (expected: -i too)");
    }
    int number =
        switch (type == null ? "ipip" : type) {
          case "ipip" -> IpvsDestination.IPIP;
          case "gue" -> IpvsDestination.GUE;
          case "gre" -> IpvsDestination.GRE;
          default ->
              throw new IllegalArgumentException(
                  "--tun-type " + type + " (expected: ipip, gue or gre)");
        };
    int flags = 0;
    if (checksum == SaveOption.TUNNEL_CHECKSUM) {
      flags = IpvsDestination.CHECKSUM;
    } else if (checksum == SaveOption.TUNNEL_REMOTE_CHECKSUM) {
      flags = IpvsDestination.REMOTE_CHECKSUM;
    }
    return new int[] {number, (int) number(SaveOption.TUNNEL_PORT, 1, 0xffff, 0), flags};
  }

  private InetSocketAddress realServer(ServiceKey key) {
    String text = words.get(SaveOption.REAL_SERVER);
    if (text == null) {
      throw new IllegalArgumentException(words.command() + " without -r (expected: -r ADDRESS)");
    }
    int usual = key instanceof ServiceKey.Address service ? service.port() : 0;
    boolean udp = key instanceof ServiceKey.Address service && service.protocol() == ServiceKey.UDP;
    return endpoint(SaveOption.REAL_SERVER, text, udp ? "udp" : "tcp", usual);
  }

  private IpvsTimeouts timeouts() {
    List<String> values = words.arguments();
    long[] seconds = new long[3];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = parse("--set " + values.get(i), values.get(i), 0, MAX_TIMEOUT_SECONDS);
    }
    return new IpvsTimeouts(seconds[0], seconds[1], seconds[2]);
  }

  private SyncDaemon daemon() {
    String group = words.get(SaveOption.GROUP);
    String networkInterface = name(SaveOption.INTERFACE, "eth0");
    InetAddress groupAddress = group == null ? null : ip("--mcast-group " + group, group);
    if (groupAddress != null && !groupAddress.isMulticastAddress()) {
      throw new IllegalArgumentException(
          "--mcast-group " + group + " (expected: a multicast address such as 224.0.0.81)");
    }
    return new SyncDaemon(
        role(),
        (int) number(SaveOption.SYNC_ID, 0, 255, 0),
        networkInterface,
        (int) number(SaveOption.MAX_LENGTH, 0, 0xffff, 0),
        groupAddress,
        (int) number(SaveOption.GROUP_PORT, 0, 0xffff, 0),
        (int) number(SaveOption.GROUP_TTL, 0, 255, 0));
  }

  private SyncDaemon.Role role() {
    String text = words.arguments().get(0);
    return switch (text) {
      case "master" -> SyncDaemon.Role.MASTER;
      case "backup" -> SyncDaemon.Role.BACKUP;
      default ->
          throw new IllegalArgumentException(
              words.command() + " " + text + " (expected: master or backup)");
    };
  }

  /** A name of the kernel: at most 15 characters. */
  private String name(SaveOption option, String usual) {
    String text = words.get(option);
    if (text != null && (text.isEmpty() || text.length() > 15)) {
      throw new IllegalArgumentException(option + " " + text + " (expected: 1 to 15 characters)");
    }
    return text == null ? usual : text;
  }

  private long number(SaveOption option, long min, long max, long usual) {
    String text = words.get(option);
    return text == null ? usual : parse(option + " " + text, text, min, max);
  }

  private static long parse(String subject, String text, long min, long max) {
    long number = text.matches("\\d{1,10}") ? Long.parseLong(text) : -1;
    if (number < min || number > max) {
      throw new IllegalArgumentException(subject + " (expected: " + min + " to " + max + ")");
    }
    return number;
  }

  private InetSocketAddress endpoint(
      SaveOption option, String text, String protocol, int usualPort) {
    String subject = option + " " + text;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      String rest = end < 0 ? "" : text.substring(end + 1);
      if (end < 0 || (!rest.isEmpty() && !rest.startsWith(":"))) {
        throw new IllegalArgumentException(subject + " (expected: [IPV6-ADDRESS]:PORT)");
      }
      InetAddress ip = ip(subject, text.substring(1, end));
      if (!(ip instanceof Inet6Address)) {
        throw new IllegalArgumentException(
            subject + " is IPv4 (expected: an IPv6 address in brackets; without them an IPv4 one)");
      }
      int port = rest.isEmpty() ? usualPort : port(subject, rest.substring(1), protocol);
      return new InetSocketAddress(ip, port);
    }
    int colon = text.indexOf(':');
    if (colon != text.lastIndexOf(':')) { // an IPv6 address alone, as ipvsadm(8) takes it
      return new InetSocketAddress(ip(subject, text), usualPort);
    }
    String host = colon < 0 ? text : text.substring(0, colon);
    int port = colon < 0 ? usualPort : port(subject, text.substring(colon + 1), protocol);
    return new InetSocketAddress(ip(subject, host), port);
  }

  private InetAddress ip(String subject, String text) {
    String expected = " (expected: an IP address; 'ipvsadm-save -n' writes no names)";
    if (text.indexOf('%') >= 0) {
      throw new IllegalArgumentException(subject + expected);
    }
    try {
      return SocketAddresses.parseIp(text);
    } catch (IllegalArgumentException e) {
      InetAddress ip = text.matches("[A-Za-z0-9._-]{1,253}") ? names.host(text) : null;
      if (ip == null) {
        throw new IllegalArgumentException(subject + expected, e);
      }
      return ip;
    }
  }

  private int port(String subject, String text, String protocol) {
    if (text.matches("\\d{1,10}")) {
      return (int) parse(subject, text, 0, 0xffff);
    }
    int port = names.port(text, protocol);
    if (port < 0) {
      throw new IllegalArgumentException(subject + ": port '" + text + "' (expected: 0 to 65535)");
    }
    return port;
  }

  private void check(@Nullable String objection) {
    if (objection != null && !words.has(SaveOption.AS_IS)) {
      throw new IllegalArgumentException(objection);
    }
  }

  private static Set<SaveOption> with(Set<SaveOption> options, SaveOption... more) {
    Set<SaveOption> all = EnumSet.copyOf(options);
    all.addAll(List.of(more));
    return all;
  }
}
