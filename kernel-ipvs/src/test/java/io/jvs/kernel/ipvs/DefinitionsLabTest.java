package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.lab.InLab;
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
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions that JVS brings into the kernel, as the real ipvsadm and our own dump see them. */
@InLab
class DefinitionsLabTest {
  /** Held, because a logger that nobody holds forgets its level. */
  private static final Logger BALANCERS = Logger.getLogger(LoadBalancer.class.getName());

  private final IpvsTransport transport =
      IpvsTransport.builder().drainAtMost(Duration.ZERO).build();

  private final Map<String, LoadBalancer> balancers = new HashMap<>();

  @AfterEach
  void take_all_back() {
    transport.close(Duration.ZERO);
    assertThat(Shell.sh("ipvsadm -Sn")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr",
        "wrr",
        "lc",
        "wlc",
        "sed",
        "nq",
        "fo",
        "ovf",
        "dh",
        "lblc",
        "lblcr",
        "sh",
        "mh",
        "sh sh-fallback",
        "sh sh-port",
        "sh sh-fallback,sh-port",
        "mh mh-fallback",
        "mh mh-port",
        "mh mh-fallback,mh-port"
      })
  void every_scheduler_and_flag(String text) throws IOException {
    String[] words = text.split(" ", -1);
    String[] flags = words.length == 1 ? new String[0] : words[1].split(",", -1);
    carry(
        VirtualService.tcp("192.0.2.1", 80)
            .scheduler(words[0], flags)
            .realServer("10.0.0.1:8080", 3)
            .realServer("10.0.0.2:8081", 0)
            .build());

    assertThat(Shell.sh("ipvsadm -Sn"))
        .isEqualTo(
            "-A -t 192.0.2.1:80 -s "
                + words[0]
                + (words.length == 1 ? "" : " -b " + words[1])
                + "\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m -w 3\n"
                + "-a -t 192.0.2.1:80 -r 10.0.0.2:8081 -m -w 0\n");
    assertThat(Shell.sh("ipvsadm -Ln"))
        .contains(
            "TCP  192.0.2.1:80 " + words[0] + (words.length == 1 ? "" : " (" + words[1] + ")"));
  }

  @Test
  void protocols_families_marks_ports_persistence_and_one_packet() throws IOException {
    carry(
        VirtualService.udp("192.0.2.1", 53)
            .scheduler("rr")
            .onePacket(true)
            .realServer("10.0.0.1:5353")
            .build(),
        VirtualService.at(
                new VirtualAddress.Endpoint(
                    Protocol.SCTP, SocketAddresses.parseIp("192.0.2.1"), PortRange.of(2905)))
            .scheduler("wlc")
            .realServer("10.0.0.1:2905")
            .build(),
        VirtualService.tcp("192.0.2.2", 0)
            .scheduler("wrr")
            .persistence(new Persistence.SourceNetwork(Duration.ofSeconds(77), 24, 64))
            .realServer(RealServer.of("10.0.0.1:0").withForwarding(Forwarding.DR))
            .build(),
        VirtualService.tcp("2001:db8::1", 443)
            .scheduler("sed")
            .persistence(new Persistence.SourceNetwork(Duration.ofSeconds(300), 32, 64))
            .realServer("[fd00::1]:8443")
            .build(),
        VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
            .name("mark")
            .scheduler("dh")
            .realServer(RealServer.of("10.0.0.1:0").withForwarding(Forwarding.TUN))
            .build(),
        VirtualService.at(VirtualAddress.firewallMark(4_000_000_000L, AddressFamily.IPV6))
            .name("mark6")
            .scheduler("nq")
            .realServer(RealServer.of("[fd00::1]:0").withForwarding(Forwarding.DR))
            .build(),
        VirtualService.at(
                new VirtualAddress.Endpoint(
                    Protocol.TCP, SocketAddresses.parseIp("192.0.2.3"), new PortRange(90, 91)))
            .scheduler("lc")
            .realServer("10.0.0.1:0")
            .build());

    assertThat(Shell.sh("ipvsadm -Sn").lines().toList())
        .containsExactlyInAnyOrder(
            "-A -u 192.0.2.1:53 -s rr -o",
            "-a -u 192.0.2.1:53 -r 10.0.0.1:5353 -m -w 1",
            "-A --sctp-service 192.0.2.1:2905 -s wlc",
            "-a --sctp-service 192.0.2.1:2905 -r 10.0.0.1:2905 -m -w 1",
            "-A -t 192.0.2.2:0 -s wrr -p 77 -M 255.255.255.0",
            "-a -t 192.0.2.2:0 -r 10.0.0.1:0 -g -w 1",
            "-A -t [2001:db8::1]:443 -s sed -p 300 -M 64",
            "-a -t [2001:db8::1]:443 -r [fd00::1]:8443 -m -w 1",
            "-A -f 7 -s dh",
            "-a -f 7 -r 10.0.0.1:0 -i -w 1 --tun-type ipip",
            "-A -f -294967296 -6 -s nq", // 4000000000; ipvsadm 1.31 prints it so
            "-a -f -294967296 -6 -r [fd00::1]:0 -g -w 1",
            "-A -t 192.0.2.3:90 -s lc",
            "-a -t 192.0.2.3:90 -r 10.0.0.1:0 -m -w 1",
            "-A -t 192.0.2.3:91 -s lc",
            "-a -t 192.0.2.3:91 -r 10.0.0.1:0 -m -w 1");
  }

  @Test
  void forwarding_tunnels_and_thresholds() throws IOException {
    carry(
        VirtualService.tcp("192.0.2.1", 80)
            .scheduler("rr")
            .realServer(
                RealServer.of("10.0.0.1:80")
                    .withForwarding(Forwarding.DR)
                    .withLimits(new ConnectionLimits(100, 80)))
            .realServer(RealServer.of("10.0.0.2:80").withForwarding(Forwarding.TUN))
            .realServer(
                RealServer.of("10.0.0.3:80")
                    .withForwarding(Forwarding.gue(5555, Forwarding.TunnelChecksum.NONE)))
            .realServer(
                RealServer.of("10.0.0.4:80")
                    .withForwarding(Forwarding.gue(5556, Forwarding.TunnelChecksum.CSUM)))
            .realServer(
                RealServer.of("10.0.0.5:80")
                    .withForwarding(Forwarding.gue(5557, Forwarding.TunnelChecksum.REMCSUM)))
            .realServer(
                RealServer.of("10.0.0.6:80")
                    .withForwarding(Forwarding.gre(Forwarding.TunnelChecksum.CSUM)))
            .realServer(RealServer.of("[fd00::7]:80").withForwarding(Forwarding.TUN))
            .build());

    assertThat(Shell.sh("ipvsadm -Sn").lines().skip(1).toList())
        .containsExactlyInAnyOrder(
            "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -g -w 1",
            "-a -t 192.0.2.1:80 -r 10.0.0.2:80 -i -w 1 --tun-type ipip",
            "-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i -w 1 --tun-type gue --tun-port 5555 --tun-nocsum",
            "-a -t 192.0.2.1:80 -r 10.0.0.4:80 -i -w 1 --tun-type gue --tun-port 5556 --tun-csum",
            "-a -t 192.0.2.1:80 -r 10.0.0.5:80 -i -w 1 --tun-type gue --tun-port 5557"
                + " --tun-remcsum",
            "-a -t 192.0.2.1:80 -r 10.0.0.6:80 -i -w 1 --tun-type gre --tun-csum",
            "-a -t 192.0.2.1:80 -r [fd00::7]:80 -i -w 1 --tun-type ipip");
    assertThat(Shell.sh("ipvsadm -Ln --thresholds")).containsPattern("10.0.0.1:80 +100 +80");
  }

  @Test
  void a_thousand_random_definitions_and_then_as_many_others_at_the_same_addresses()
      throws IOException {
    BALANCERS.setLevel(Level.OFF); // thousands of changes
    List<VirtualService> some = new RandomDefinitions(1).services(1000);
    carry(some, true);
    assertListed(some);
    List<VirtualService> others = new RandomDefinitions(2).services(1000);
    carry(others, false);
    assertListed(others);
    List<VirtualService> fewer = new RandomDefinitions(3).services(400);
    carry(fewer, false);
    assertListed(fewer);
    BALANCERS.setLevel(null);
  }

  private static void assertListed(List<VirtualService> services) {
    List<String> lines = Shell.sh("ipvsadm -Sn").lines().toList();
    assertThat(lines.stream().filter(line -> line.startsWith("-A"))).hasSize(services.size());
    assertThat(lines.stream().filter(line -> line.startsWith("-a")))
        .hasSize(services.stream().mapToInt(service -> service.realServers().size()).sum());
  }

  @Test
  void what_the_kernel_refuses_leaves_the_table_as_it_was() throws IOException {
    Shell.sh("ipvsadm -A -u 192.0.2.9:53 -s rr");
    VirtualService web =
        VirtualService.tcp("192.0.2.1", 80).scheduler("rr").realServer("10.0.0.1:80").build();
    carry(web);
    String before = Shell.sh("ipvsadm -Sn");
    VirtualService twos = // not in this kernel
        VirtualService.tcp("192.0.2.2", 80).scheduler("twos").realServer("10.0.0.1:80").build();

    assertThatThrownBy(() -> apply(web.toBuilder().scheduler("wlc").build(), twos))
        .isInstanceOf(TransportException.class)
        .hasMessageContaining("192.0.2.2:80")
        .hasMessageContaining("twos");

    assertThat(Shell.sh("ipvsadm -Sn")).isEqualTo(before);
    Shell.sh("ipvsadm -D -u 192.0.2.9:53");
  }

  private void carry(VirtualService... services) throws IOException {
    carry(List.of(services), true);
  }

  /**
   * Applies them, and compares the dump with the translation.
   *
   * @param inOrder whether the servers stand as they are defined: they were not there before
   */
  private void carry(List<VirtualService> services, boolean inOrder) throws IOException {
    apply(services);
    try (IpvsTable table = IpvsTable.open()) {
      IpvsSnapshot snapshot = table.snapshot();
      Map<ServiceKey, ServiceRows> present = ServiceRows.of(snapshot);
      List<ServiceWish> wishes = services.stream().map(ServiceWish::asDefined).toList();
      List<ServiceRows> target = Target.of(wishes, Set.of(), Map.of(), (key, address) -> true);
      for (ServiceRows wanted : target) {
        ServiceRows there = present.get(wanted.key());
        assertThat(there).isNotNull();
        assertThat(Difference.isSame(there.service(), wanted.service())).isTrue();
        assertThat(there.destinations()).isEqualTo(wanted.destinations());
        if (inOrder) {
          assertThat(List.copyOf(there.destinations().values()))
              .isEqualTo(List.copyOf(wanted.destinations().values()));
        }
      }
      assertThat(IpvsPlan.of(snapshot, services, false)).isEmpty();
    }
  }

  private void apply(VirtualService... services) {
    apply(List.of(services));
  }

  private void apply(List<VirtualService> services) {
    transport.apply(
        services.stream().map(service -> new Assignment(service, balancer(service))).toList());
  }

  private LoadBalancer balancer(VirtualService service) {
    LoadBalancer balancer =
        balancers.computeIfAbsent(service.name(), name -> LoadBalancer.of(service));
    if (!balancer.service().equals(service)) {
      balancer.apply(service);
    }
    return balancer;
  }
}
