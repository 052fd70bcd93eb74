package io.jvs.kernel.ipvs;

import io.jvs.model.AccessList;
import io.jvs.model.AddressFamily;
import io.jvs.model.Failover;
import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.TemplateRules;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why the kernel cannot carry a definition, and the way out. Much of this the kernel would accept
 * and then not do, so it is refused here.
 */
final class Objections {
  /** Ports of one service; each is a service of the kernel. */
  static final int MAX_PORTS = 1000;

  private static final byte[] BROADCAST = {-1, -1, -1, -1};

  private final VirtualService service;
  private final boolean syncs;

  private Objections(VirtualService service, boolean syncs) {
    this.service = service;
    this.syncs = syncs;
  }

  /**
   * The first of them, or null if it can be carried.
   *
   * @param syncs whether a sync daemon runs
   */
  static @Nullable String to(VirtualService service, boolean syncs) {
    return new Objections(service, syncs).first();
  }

  private @Nullable String first() {
    String objection = address();
    objection = objection != null ? objection : KernelPolicy.objection(service.scheduler());
    objection = objection != null ? objection : persistence();
    objection = objection != null ? objection : timeouts();
    objection = objection != null ? objection : rest();
    List<RealServer> servers = new ArrayList<>(service.realServers());
    if (service.fallback() != null) {
      servers.add(service.fallback());
    }
    for (RealServer each : servers) {
      objection = objection != null ? objection : server(each);
    }
    return objection;
  }

  private @Nullable String address() {
    if (service.address() instanceof VirtualAddress.None) {
      return "it has no address, so no packet can be for it (give it one, or call it in-process)";
    }
    if (!(service.address() instanceof VirtualAddress.Endpoint endpoint)) {
      return null;
    }
    InetAddress ip = endpoint.address();
    if (ip.isAnyLocalAddress()) {
      return "the kernel compares the virtual address, and no packet is for "
          + ip.getHostAddress()
          + " (name each address, or mark the packets and use a firewall mark)";
    }
    if (ip.isMulticastAddress() || isBroadcast(ip)) {
      return "virtual address "
          + ip.getHostAddress()
          + " is that of a group (expected: a unicast address)";
    }
    PortRange ports = endpoint.ports();
    if (ports.isAll() || ports.isSingle()) {
      return null;
    }
    int count = ports.last() - ports.first() + 1;
    String mark = " (mark the packets of ports " + ports + " and use a firewall mark)";
    if (count > MAX_PORTS) {
      return count
          + " ports would be as many services of the kernel; "
          + MAX_PORTS
          + " are carried at most"
          + mark;
    }
    if (service.persistence() != null) {
      return "each port of " + ports + " would remember its clients by itself" + mark;
    }
    for (RealServer each : service.realServers()) {
      if (each.limits().upper() != 0) {
        return "each port of "
            + ports
            + " would count the connections of "
            + each.name()
            + " by itself, so its limit of "
            + each.limits().upper()
            + " would hold "
            + count
            + " times"
            + mark;
      }
    }
    return null;
  }

  private @Nullable String persistence() {
    Persistence persistence = service.persistence();
    if (persistence == null) {
      return null;
    }
    String proxy = "; carry it by a userspace transport, or use persistence by source address";
    if (persistence instanceof Persistence.SourcePort) {
      return "the kernel remembers clients by address, not by address and port" + proxy;
    }
    if (persistence instanceof Persistence.ApplicationKey) {
      return "the kernel does not see the application's key" + proxy;
    }
    TemplateRules rules = persistence.rules();
    if (rules.maximum() != TemplateRules.DEFAULT_MAXIMUM) {
      return "the kernel has no maximum of templates (it was "
          + rules.maximum()
          + "; leave it out)";
    }
    if (rules.expireQuiesced()) {
      return "the kernel lets go of the clients of quiesced servers for all services or none (leave"
          + " it out here, and run 'sysctl -w net.ipv4.vs.expire_quiescent_template=1')";
    }
    if (rules.expireDown()) {
      return "the kernel forgets the clients of a server that is down when they come, not at once"
          + " (leave it out: while the server is out they go elsewhere)";
    }
    return null;
  }

  private @Nullable String timeouts() {
    Timeouts timeouts = service.timeouts();
    for (Duration each : List.of(timeouts.tcp(), timeouts.tcpFin(), timeouts.udp())) {
      if (each.toNanosPart() != 0) {
        return "the kernel's timeouts are whole seconds (they were " + timeouts + ")";
      }
    }
    return null;
  }

  private @Nullable String rest() {
    if (!service.access().equals(AccessList.EVERYBODY)) {
      return service.access()
          + ": IPVS takes whoever the firewall lets through (leave access lists to the firewall, or"
          + " carry it by a userspace transport)";
    }
    if (!service.limits().equals(ServiceLimits.NONE)) {
      return service.limits()
          + ": IPVS limits real servers alone (leave the rest to the firewall, or carry it by a"
          + " userspace transport)";
    }
    if (service.transportOptions() != null) {
      return service.transportOptions() + " (expected: none; the kernel has no such options)";
    }
    if (service.preferredZone() != null) {
      return "the kernel knows no zones (it prefers '"
          + service.preferredZone()
          + "': list the servers of that zone alone, or give the others small weights)";
    }
    Failover failover = service.failover();
    if (failover.resetConnections() && failover.whenDown() == Failover.WhenDown.QUIESCE) {
      return "the kernel cannot reset connections of a server that stays listed (let servers that"
          + " are down be removed, and run 'sysctl -w net.ipv4.vs.expire_nodest_conn=1')";
    }
    return null;
  }

  private @Nullable String server(RealServer server) {
    String name = "real server " + server.name();
    if (server.address().isUnresolved()) {
      return name + " is a host name (expected: an IP address; resolve it first)";
    }
    InetAddress ip = server.address().getAddress();
    if (isBroadcast(ip)) {
      return name + ": broadcast address (expected: the address of one machine)";
    }
    if (ip instanceof Inet6Address && ip.isLinkLocalAddress()) {
      return name
          + ": link-local address, which the kernel refuses (expected: a global or unique local"
          + " one)";
    }
    AddressFamily family = service.address().family();
    boolean tunnel = server.forwarding() instanceof Forwarding.Tunnel;
    if (AddressFamily.of(ip) != family) {
      if (!tunnel) {
        return name
            + ": its clients speak "
            + family
            + " and it does not; only a tunnel carries one in the other, not "
            + server.forwarding()
            + " (use TUN, or an "
            + family
            + " address)";
      }
      if (syncs) {
        return name
            + ": the kernel tells no other director of connections of clients of the other family"
            + " (use an "
            + family
            + " address, or no sync daemon)";
      }
    }
    return server.forwarding().equals(Forwarding.NAT) ? null : port(name, server);
  }

  /** Without NAT packets arrive as they were sent. */
  private @Nullable String port(String name, RealServer server) {
    int port = server.address().getPort();
    if (!(service.address() instanceof VirtualAddress.Endpoint endpoint) || port == 0) {
      return null;
    }
    PortRange ports = endpoint.ports();
    if (ports.isSingle() && ports.first() == port) {
      return null;
    }
    return name
        + ": with "
        + server.forwarding()
        + " packets keep the port "
        + (ports.isSingle() ? ports.first() + "" : "that the client asked for")
        + " (give it port "
        + (ports.isSingle() ? ports.first() : 0)
        + ", or use NAT)";
  }

  private static boolean isBroadcast(InetAddress ip) {
    return Arrays.equals(ip.getAddress(), BROADCAST);
  }
}
