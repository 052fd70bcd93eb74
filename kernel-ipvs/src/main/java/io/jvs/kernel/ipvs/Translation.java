package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Definitions to which there is no {@link Objections objection} in the kernel's words. */
final class Translation {
  private Translation() {}

  /** What the service is known by in the kernel: several keys for a range of ports. */
  static List<ServiceKey> keys(VirtualService service) {
    if (service.address() instanceof VirtualAddress.FirewallMark mark) {
      return List.of(new ServiceKey.Mark(mark.mark(), mark.family()));
    }
    List<ServiceKey> keys = new ArrayList<>();
    if (service.address() instanceof VirtualAddress.Endpoint endpoint) {
      PortRange ports = endpoint.ports();
      for (int port = ports.first(); port <= ports.last(); port++) {
        keys.add(new ServiceKey.Address(endpoint.protocol().number(), endpoint.address(), port));
      }
    }
    return keys;
  }

  /** The service without destinations. */
  static IpvsService service(VirtualService service, ServiceKey key) {
    int flags = KernelPolicy.flags(service.scheduler().flags());
    flags |= service.onePacket() ? IpvsService.ONE_PACKET : 0;
    long timeout = 0;
    int netmask = IpvsService.fullNetmask(key.family());
    if (service.persistence() instanceof Persistence.SourceNetwork network) {
      flags |= IpvsService.PERSISTENT;
      timeout = network.timeout().toSeconds();
      netmask =
          key.family() == AddressFamily.IPV4
              ? -1 << (32 - network.ipv4Prefix())
              : network.ipv6Prefix();
    }
    return new IpvsService(key, policy(service).name(), flags, timeout, netmask, null);
  }

  /** A real server as a destination. */
  static IpvsDestination destination(RealServer server, int weight) {
    int method = IpvsDestination.DIRECT_ROUTE;
    int type = IpvsDestination.IPIP;
    int port = 0;
    int flags = 0;
    if (server.forwarding() instanceof Forwarding.Nat) {
      method = IpvsDestination.NAT;
    } else if (server.forwarding() instanceof Forwarding.Tunnel tunnel) {
      method = IpvsDestination.TUNNEL;
      port = tunnel.port();
      type =
          switch (tunnel.type()) {
            case IPIP -> IpvsDestination.IPIP;
            case GUE -> IpvsDestination.GUE;
            case GRE -> IpvsDestination.GRE;
          };
      flags =
          switch (tunnel.checksum()) {
            case NONE -> 0;
            case CSUM -> IpvsDestination.CHECKSUM;
            case REMCSUM -> IpvsDestination.REMOTE_CHECKSUM;
          };
    }
    return new IpvsDestination(
        server.address(),
        method,
        weight,
        server.limits().upper(),
        server.limits().lower(),
        type,
        port,
        flags);
  }

  /** The policy of the kernel that carries the service. */
  static KernelPolicy policy(VirtualService service) {
    return Objects.requireNonNull(
        KernelPolicy.of(service.scheduler()), "a scheduler to which there is an objection");
  }
}
