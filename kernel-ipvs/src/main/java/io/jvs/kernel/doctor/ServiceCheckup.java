package io.jvs.kernel.doctor;

import io.jvs.model.AddressFamily;
import io.jvs.model.Forwarding;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Addresses, routes and forwarding: what the way of packets needs. */
final class ServiceCheckup {
  private final HostFacts host;
  private final List<VirtualService> services;
  private final List<Finding> findings;
  private final Set<InetAddress> local;

  ServiceCheckup(HostFacts host, List<VirtualService> services, List<Finding> findings) {
    this.host = host;
    this.services = services;
    this.findings = findings;
    this.local = host.localAddresses();
  }

  /** A real server with what its packets arrive for. */
  private record Target(VirtualService service, RealServer server, InetAddress ip) {}

  void examine() {
    virtualAddresses();
    forwarding(AddressFamily.IPV4, "net.ipv4.ip_forward", "ip_forward");
    forwarding(AddressFamily.IPV6, "net.ipv6.conf.all.forwarding", "forwarding (IPv6)");
    reversePath();
    natServers();
    directServers();
    tunnels();
    ownServers();
  }

  private List<Target> targets() {
    List<Target> targets = new ArrayList<>();
    for (VirtualService service : services) {
      for (RealServer server : service.realServers()) {
        if (!server.address().isUnresolved()) {
          targets.add(new Target(service, server, server.address().getAddress()));
        }
      }
    }
    return targets;
  }

  private void virtualAddresses() {
    Set<InetAddress> seen = new LinkedHashSet<>();
    for (VirtualService service : services) {
      if (service.address() instanceof VirtualAddress.FirewallMark mark) {
        mark(mark);
      } else if (service.address() instanceof VirtualAddress.Endpoint endpoint
          && !endpoint.address().isAnyLocalAddress()
          && seen.add(endpoint.address())) {
        virtualAddress(endpoint.address());
      }
    }
  }

  private void virtualAddress(InetAddress ip) {
    String text = SocketAddresses.format(ip);
    boolean six = AddressFamily.of(ip) == AddressFamily.IPV6;
    String where = six ? "/proc/net/if_inet6" : "/proc/net/fib_trie";
    HostFacts.Route route = host.route(ip);
    String device = route == null ? "INTERFACE" : route.networkInterface();
    findings.add(
        local.contains(ip)
            ? Finding.ok("virtual address " + text, where, "is an address of this host")
            : Finding.error(
                "virtual address " + text,
                "not in " + where,
                "is no address of this host, so that packets for it pass by IPVS; on a standby"
                    + " director that is right",
                "ip address add "
                    + text
                    + (six ? "/128" : "/32")
                    + " dev "
                    + device
                    + (six ? " preferred_lft 0 nodad" : "")));
  }

  private void mark(VirtualAddress.FirewallMark mark) {
    boolean six = mark.family() == AddressFamily.IPV6;
    findings.add(
        Finding.note(
            "firewall mark " + mark.mark(),
            "rules of the firewall are not looked at",
            "packets must be marked before routing, and those for addresses that are not local"
                + " must be made to stay here",
            (six ? "ip6tables" : "iptables")
                + " -t mangle -A PREROUTING -d VIP -p tcp -m multiport --dports 80,443 -j MARK"
                + " --set-mark "
                + mark.mark()
                + (six ? "; ip -6 rule" : "; ip rule")
                + " add fwmark "
                + mark.mark()
                + " lookup 100; ip"
                + (six ? " -6" : "")
                + " route add local default dev lo table 100"));
  }

  private void forwarding(AddressFamily family, String sysctl, String topic) {
    boolean needed =
        targets().stream()
            .anyMatch(
                target ->
                    target.server().forwarding().equals(Forwarding.NAT)
                        && AddressFamily.of(target.ip()) == family);
    int value = host.sysctl(sysctl.replace('.', '/'));
    String seen = sysctl + " = " + value;
    if (value > 0) {
      findings.add(Finding.ok(topic, seen, "packets are forwarded, as NAT needs it"));
    } else if (needed) {
      findings.add(
          Finding.error(
              topic,
              value < 0 ? "no " + sysctl : seen,
              "answers of real servers behind NAT are not forwarded to the clients",
              "sysctl -w " + sysctl + "=1"));
    } else if (value == 0 && services.isEmpty()) {
      findings.add(
          Finding.note(
              topic, seen, "enough for DR and TUN; NAT needs 1", "sysctl -w " + sysctl + "=1"));
    }
  }

  /** The kernel takes the greater of the value for all and that of the interface. */
  private int effective(String networkInterface, String name) {
    return Math.max(
        host.sysctl("net/ipv4/conf/all/" + name),
        host.sysctl("net/ipv4/conf/" + networkInterface + "/" + name));
  }

  private void reversePath() {
    List<String> strict =
        host.interfaces().stream()
            .filter(each -> !each.equals("lo") && effective(each, "rp_filter") == 1)
            .toList();
    if (!strict.isEmpty()) {
      findings.add(
          Finding.note(
              "rp_filter",
              "net.ipv4.conf: 1 in effect (the greater of 'all' and the interface) on "
                  + String.join(", ", strict),
              "packets are dropped whose way back would leave by another interface; this concerns"
                  + " directors with several uplinks or policy routing",
              "sysctl -w net.ipv4.conf.all.rp_filter=0; sysctl -w net.ipv4.conf."
                  + strict.get(0)
                  + ".rp_filter=2"));
    }
  }

  private void natServers() {
    List<Target> nat =
        targets().stream()
            .filter(
                target ->
                    target.server().forwarding().equals(Forwarding.NAT)
                        && !local.contains(target.ip()))
            .toList();
    if (nat.isEmpty()) {
      return;
    }
    findings.add(
        Finding.note(
            "gateway of real servers",
            "cannot be seen from here",
            "answers of " + names(nat) + " must come back through this director",
            "on each of them: ip route replace default via ADDRESS-OF-THIS-DIRECTOR"));
    for (Target target : nat) {
      HostFacts.Route route = host.route(target.ip());
      if (route == null) {
        unreachable(target);
      } else if (route.direct()
          && target.service().address() instanceof VirtualAddress.Endpoint endpoint
          && route.contains(endpoint.address())
          && redirects(route.networkInterface())) {
        findings.add(
            Finding.warning(
                "send_redirects",
                "net.ipv4.conf." + route.networkInterface() + ".send_redirects = 1 (or all)",
                "virtual and real addresses are in one network: redirects of this host would tell "
                    + target.server().name()
                    + " to answer clients past it, who then reset",
                "sysctl -w net.ipv4.conf.all.send_redirects=0; sysctl -w net.ipv4.conf."
                    + route.networkInterface()
                    + ".send_redirects=0"));
        return; // once is enough
      }
    }
  }

  private boolean redirects(String networkInterface) {
    return effective(networkInterface, "send_redirects") == 1;
  }

  private void unreachable(Target target) {
    findings.add(
        Finding.error(
            "route to " + target.server().name(),
            "no route in /proc/net/route or ipv6_route",
            "packets cannot get to this real server",
            "ip route add " + SocketAddresses.format(target.ip()) + " via GATEWAY dev INTERFACE"));
  }

  private void directServers() {
    List<Target> direct =
        targets().stream()
            .filter(
                target ->
                    target.server().forwarding().equals(Forwarding.DR)
                        && !local.contains(target.ip()))
            .toList();
    if (direct.isEmpty()) {
      return;
    }
    findings.add(
        Finding.note(
            "real servers of DR",
            "cannot be seen from here",
            names(direct)
                + " must take packets for the virtual address without answering ARP for it",
            "on each of them: sysctl -w net.ipv4.conf.all.arp_ignore=1; sysctl -w"
                + " net.ipv4.conf.all.arp_announce=2; ip address add "
                + virtual(direct)
                + " dev lo"));
    Map<InetAddress, Boolean> neighbours = host.neighbours();
    for (Target target : direct) {
      String name = target.server().name();
      HostFacts.Route route = host.route(target.ip());
      if (route == null) {
        unreachable(target);
      } else if (!route.direct()) {
        findings.add(
            Finding.error(
                "segment of " + name,
                "/proc/net/route: by a gateway on " + route.networkInterface(),
                "DR reaches only real servers on the director's own network segment",
                "use TUN for it, or put it on the segment"));
      } else if (Boolean.FALSE.equals(neighbours.get(target.ip()))) {
        findings.add(
            Finding.warning(
                "segment of " + name,
                "/proc/net/arp: incomplete on " + route.networkInterface(),
                "it does not answer ARP: down, or not on this segment",
                "ping -c1 " + SocketAddresses.format(target.ip())));
      } else {
        findings.add(
            Finding.ok(
                "segment of " + name,
                "directly on " + route.networkInterface(),
                "on the director's own network, as DR needs it"));
      }
    }
  }

  private void tunnels() {
    List<Target> tunnels =
        targets().stream()
            .filter(
                target ->
                    target.server().forwarding() instanceof Forwarding.Tunnel
                        && !local.contains(target.ip()))
            .toList();
    if (tunnels.isEmpty()) {
      return;
    }
    findings.add(
        Finding.note(
            "real servers of TUN",
            "cannot be seen from here",
            names(tunnels) + " must unpack the tunnel and hold the virtual address",
            "on each of them (IPIP over IPv4): modprobe ipip; ip link set tunl0 up; ip address add "
                + virtual(tunnels)
                + " dev tunl0; sysctl -w net.ipv4.conf.all.rp_filter=0; sysctl -w"
                + " net.ipv4.conf.tunl0.rp_filter=0"));
    Map<String, Target> byInterface = new LinkedHashMap<>();
    for (Target target : tunnels) {
      HostFacts.Route route = host.route(target.ip());
      if (route == null) {
        unreachable(target);
      } else {
        byInterface.putIfAbsent(route.networkInterface(), target);
      }
    }
    byInterface.forEach(this::tunnelMtu);
  }

  private void tunnelMtu(String networkInterface, Target target) {
    int mtu = host.mtu(networkInterface);
    int overhead = overhead(target);
    if (mtu <= 0) {
      return;
    }
    int room = mtu - overhead;
    String seen = "mtu " + mtu + " of " + networkInterface;
    int headers = target.service().address().family() == AddressFamily.IPV6 ? 60 : 40;
    findings.add(
        room >= 1500
            ? Finding.ok("mtu", seen, "room for full packets in the tunnel")
            : Finding.warning(
                "mtu",
                seen,
                "the tunnel takes "
                    + overhead
                    + " bytes: larger packets than "
                    + room
                    + " get an ICMP answer first, and clients that do not hear it hang",
                "on real servers: "
                    + (headers == 60 ? "ip6tables" : "iptables")
                    + " -t mangle -A OUTPUT -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss "
                    + (room - headers)));
  }

  private static int overhead(Target target) {
    int outer = AddressFamily.of(target.ip()) == AddressFamily.IPV6 ? 40 : 20;
    Forwarding.Tunnel tunnel = (Forwarding.Tunnel) target.server().forwarding();
    return outer
        + switch (tunnel.type()) {
          case IPIP -> 0;
          case GUE -> tunnel.checksum() == Forwarding.TunnelChecksum.REMCSUM ? 20 : 12;
          case GRE -> tunnel.checksum() == Forwarding.TunnelChecksum.CSUM ? 8 : 4;
        };
  }

  /** What shows when this host is one of the real servers itself. */
  private void ownServers() {
    for (Target target : targets()) {
      if (!local.contains(target.ip()) || target.server().forwarding().equals(Forwarding.NAT)) {
        continue;
      }
      String topic = "this host is " + target.server().name();
      int ignore = host.sysctl("net/ipv4/conf/all/arp_ignore");
      int announce = host.sysctl("net/ipv4/conf/all/arp_announce");
      String seen = "net.ipv4.conf.all: arp_ignore = " + ignore + ", arp_announce = " + announce;
      findings.add(
          ignore >= 1 && announce == 2
              ? Finding.ok(topic, seen, "does not answer ARP for addresses on lo")
              : Finding.warning(
                  topic,
                  seen,
                  "unless it is the director too, it answers ARP for the virtual address and takes"
                      + " clients away from the director",
                  "sysctl -w net.ipv4.conf.all.arp_ignore=1; sysctl -w"
                      + " net.ipv4.conf.all.arp_announce=2"));
      if (target.server().forwarding() instanceof Forwarding.Tunnel) {
        ownTunnel(topic);
      }
    }
  }

  private void ownTunnel(String topic) {
    if (!host.hasInterface("tunl0")) {
      findings.add(
          Finding.error(
              topic,
              "no interface tunl0",
              "nothing here unpacks IPIP",
              "modprobe ipip; ip link set tunl0 up"));
    } else if (effective("tunl0", "rp_filter") > 0) {
      findings.add(
          Finding.error(
              topic,
              "rp_filter in effect on tunl0: " + effective("tunl0", "rp_filter"),
              "packets out of the tunnel are dropped, since their way back is another",
              "sysctl -w net.ipv4.conf.all.rp_filter=0; sysctl -w net.ipv4.conf.tunl0.rp_filter=0"));
    }
  }

  /** The virtual addresses, for a command. */
  private static String virtual(List<Target> targets) {
    return targets.stream()
        .map(target -> target.service().address())
        .map(
            address ->
                address instanceof VirtualAddress.Endpoint endpoint
                    ? SocketAddresses.format(endpoint.address())
                        + (endpoint.family() == AddressFamily.IPV6 ? "/128" : "/32")
                    : "VIP/32")
        .distinct()
        .collect(Collectors.joining(" dev lo; ip address add "));
  }

  private static String names(List<Target> targets) {
    List<String> names = targets.stream().map(target -> target.server().name()).distinct().toList();
    return names.size() <= 4
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, 3)) + " and " + (names.size() - 3) + " more";
  }
}
