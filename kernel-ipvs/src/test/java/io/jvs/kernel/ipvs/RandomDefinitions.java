package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Services of all kinds that the kernel can carry. The same number has always the same address. */
final class RandomDefinitions {
  private static final String[] SCHEDULERS = {
    "rr", "wrr", "lc", "wlc", "sed", "nq", "fo", "ovf", "dh", "lblc", "lblcr", "sh", "mh", "swrr",
    "p2c"
  };

  private static final List<Protocol> PROTOCOLS =
      List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);
  private static final List<Forwarding.TunnelChecksum> CHECKSUMS =
      List.of(
          Forwarding.TunnelChecksum.NONE,
          Forwarding.TunnelChecksum.CSUM,
          Forwarding.TunnelChecksum.REMCSUM);

  private final Random random;

  RandomDefinitions(long seed) {
    this.random = new Random(seed);
  }

  List<VirtualService> services(int count) {
    List<VirtualService> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(service(i));
    }
    return all;
  }

  private VirtualService service(int number) {
    VirtualAddress address = address(number);
    VirtualService.Builder builder =
        VirtualService.at(address).name("service " + number).scheduler("rr");
    String scheduler = SCHEDULERS[random.nextInt(SCHEDULERS.length)];
    List<String> flags = new ArrayList<>();
    if (scheduler.equals("sh") || scheduler.equals("mh")) {
      for (String flag : List.of("-fallback", "-port")) {
        if (random.nextBoolean()) {
          flags.add(scheduler + flag);
        }
      }
    }
    builder.scheduler(scheduler, flags.toArray(String[]::new));
    boolean allPorts = address instanceof VirtualAddress.Endpoint e && e.ports().isAll();
    if (allPorts || random.nextInt(3) == 0) {
      builder.persistence(
          new Persistence.SourceNetwork(
              Duration.ofSeconds(1 + random.nextInt(10_000)),
              1 + random.nextInt(32),
              1 + random.nextInt(128)));
    }
    boolean datagrams =
        address instanceof VirtualAddress.FirewallMark
            || (address instanceof VirtualAddress.Endpoint e && e.protocol() == Protocol.UDP);
    builder.onePacket(datagrams && random.nextInt(4) == 0);
    List<Integer> hosts = new ArrayList<>(List.of(1, 2, 3, 4, 5, 6));
    Collections.shuffle(hosts, random);
    for (int host : hosts.subList(0, random.nextInt(6))) {
      builder.realServer(server(address, host));
    }
    return builder.build();
  }

  private static VirtualAddress address(int number) {
    AddressFamily family = number % 3 == 0 ? AddressFamily.IPV6 : AddressFamily.IPV4;
    if (number % 7 == 0) {
      return VirtualAddress.firewallMark(1 + number, family);
    }
    String ip =
        family == AddressFamily.IPV4
            ? "198.18." + number / 250 + "." + (1 + number % 250)
            : "2001:db8::" + Integer.toHexString(1 + number);
    Protocol protocol = PROTOCOLS.get(number % 5 % 3);
    PortRange ports = PortRange.of(number % 11 == 0 ? 0 : 1 + number * 61 % 65_535);
    return new VirtualAddress.Endpoint(protocol, SocketAddresses.parseIp(ip), ports);
  }

  private RealServer server(VirtualAddress address, int host) {
    Forwarding forwarding =
        switch (random.nextInt(6)) {
          case 0, 1 -> Forwarding.NAT;
          case 2 -> Forwarding.DR;
          case 3 -> Forwarding.TUN;
          case 4 -> Forwarding.gue(1 + random.nextInt(65_535), CHECKSUMS.get(random.nextInt(3)));
          default -> Forwarding.gre(CHECKSUMS.get(random.nextInt(2)));
        };
    boolean other = forwarding instanceof Forwarding.Tunnel && random.nextInt(4) == 0;
    boolean ipv4 = (address.family() == AddressFamily.IPV4) != other;
    int port = 0; // that of the client
    if (address instanceof VirtualAddress.Endpoint endpoint && endpoint.ports().isSingle()) {
      port = endpoint.ports().first();
    }
    if (forwarding.equals(Forwarding.NAT)) {
      port = 1 + random.nextInt(65_535);
    }
    int upper = random.nextInt(3) == 0 ? 1 + random.nextInt(Integer.MAX_VALUE) : 0;
    return RealServer.of((ipv4 ? "10.0.0." + host : "[fd00::" + host + "]") + ":" + port)
        .withWeight(random.nextInt(4) == 0 ? random.nextInt(65_536) : random.nextInt(10))
        .withForwarding(forwarding)
        .withLimits(new ConnectionLimits(upper, upper == 0 ? 0 : random.nextInt(upper)));
  }
}
