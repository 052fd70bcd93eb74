package io.jvs.kernel.doctor;

import static io.jvs.kernel.doctor.Finding.Level.ERROR;
import static io.jvs.kernel.doctor.Finding.Level.NOTE;
import static io.jvs.kernel.doctor.Finding.Level.OK;
import static io.jvs.kernel.doctor.Finding.Level.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosts as recorded in working networks, and what is said once something is broken there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DoctorTest {
  private static final String ALL = "net/ipv4/conf/all/";

  private final Path root;

  DoctorTest(@TempDir Path root) {
    this.root = root;
  }

  private RecordedHost host(String name) throws IOException {
    return RecordedHost.unpack(name, root);
  }

  private static VirtualService service(String vip, String server, Forwarding forwarding) {
    return VirtualService.tcp(vip, 80)
        .scheduler("rr")
        .realServer(RealServer.of(server).withForwarding(forwarding))
        .build();
  }

  private static final VirtualService NAT = service("10.2.0.100", "10.4.0.11:80", Forwarding.NAT);
  private static final VirtualService NAT6 =
      service("fd00:2::100", "[fd00:4::11]:80", Forwarding.NAT);
  private static final VirtualService DR = service("10.2.0.100", "10.2.0.11:80", Forwarding.DR);
  private static final VirtualService DR6 =
      service("fd00:2::100", "[fd00:2::11]:80", Forwarding.DR);
  private static final VirtualService TUN = service("10.2.0.100", "10.3.0.11:80", Forwarding.TUN);

  private List<Finding> examine(VirtualService... services) {
    return Doctor.examine(root, List.of(services));
  }

  private Finding finding(String topic, VirtualService... services) {
    List<Finding> found =
        examine(services).stream().filter(each -> each.topic().equals(topic)).toList();
    assertThat(found).as(topic).hasSize(1);
    return found.get(0);
  }

  @Test
  void working_directors_have_no_errors() throws IOException {
    host("nat-director");
    assertThat(examine(NAT, NAT6)).noneMatch(each -> each.level() == ERROR);
    host("dr-director");
    assertThat(examine(DR, DR6)).noneMatch(each -> each.level() == ERROR);
    host("tun-director");
    assertThat(examine(TUN)).noneMatch(each -> each.level() == ERROR);
    assertThat(examine()).noneMatch(each -> each.level() == ERROR);
  }

  @Test
  void what_is_well_is_said_with_what_was_read() throws IOException {
    host("nat-director");
    assertThat(finding("rights", NAT))
        .isEqualTo(
            new Finding(
                OK,
                "rights",
                "/proc/self/status: CapEff 000001ffffffffff",
                "holds CAP_NET_ADMIN, as IPVS asks for",
                null));
    assertThat(finding("ip_vs", NAT).level()).isEqualTo(OK);
    assertThat(finding("scheduler rr", NAT).level()).isEqualTo(OK);
    assertThat(finding("ip_forward", NAT).level()).isEqualTo(OK);
    assertThat(finding("forwarding (IPv6)", NAT6).level()).isEqualTo(OK);
    assertThat(finding("virtual address 10.2.0.100", NAT).level()).isEqualTo(OK);
    assertThat(finding("virtual address fd00:2::100", NAT6).level()).isEqualTo(OK);
    assertThat(finding("gateway of real servers", NAT).level()).isEqualTo(NOTE);
    host("dr-director");
    assertThat(finding("segment of 10.2.0.11:80", DR).level()).isEqualTo(OK);
    assertThat(finding("segment of [fd00:2::11]:80", DR6).level()).isEqualTo(OK);
  }

  @Test
  void without_forwarding_NAT_does_not_work_and_the_others_do() throws IOException {
    host("nat-director").sysctl("net/ipv4/ip_forward", 0).sysctl("net/ipv6/conf/all/forwarding", 0);
    assertThat(finding("ip_forward", NAT))
        .isEqualTo(
            new Finding(
                ERROR,
                "ip_forward",
                "net.ipv4.ip_forward = 0",
                "answers of real servers behind NAT are not forwarded to the clients",
                "sysctl -w net.ipv4.ip_forward=1"));
    assertThat(finding("forwarding (IPv6)", NAT6).level()).isEqualTo(ERROR);
    assertThat(examine(DR)).noneMatch(each -> each.topic().equals("ip_forward"));
    assertThat(finding("ip_forward").level()).isEqualTo(NOTE);
  }

  @Test
  void without_rights_nothing_works() throws IOException {
    host("nat-director").write("proc/self/status", "CapEff:\t00000000a80425fb");
    assertThat(finding("rights").level()).isEqualTo(ERROR);
    assertThat(finding("rights").remedy()).contains("CAP_NET_ADMIN");
    host("nat-director").write("proc/self/uid_map", "         0       1000          1");
    assertThat(finding("rights").level()).isEqualTo(ERROR);
    assertThat(finding("rights").meaning()).contains("user namespace of its own");
  }

  @Test
  void modules_are_loaded_loadable_or_missing() throws IOException {
    RecordedHost host = host("nat-director");
    Files.delete(root.resolve("proc/net/ip_vs"));
    assertThat(finding("ip_vs").level()).isEqualTo(NOTE);
    String kernel = Files.readString(root.resolve("proc/sys/kernel/osrelease")).strip();
    String modules = "lib/modules/" + kernel + "/";
    host.write(
        modules + "modules.dep",
        "kernel/net/netfilter/ipvs/ip_vs.ko.xz: kernel/x.ko\n"
            + "kernel/net/netfilter/ipvs/ip_vs_wlc.ko.xz: kernel/y.ko");
    host.write(modules + "modules.builtin", "kernel/net/netfilter/ipvs/ip_vs_sh.ko");
    assertThat(finding("ip_vs").meaning()).contains("when it is first used");
    VirtualService.Builder web = NAT.toBuilder();
    assertThat(finding("scheduler wlc", web.scheduler("wlc").build()).level()).isEqualTo(OK);
    assertThat(finding("scheduler sh", web.scheduler("sh").build()).level()).isEqualTo(OK);
    assertThat(finding("scheduler mh", web.scheduler("mh").build()))
        .returns(ERROR, Finding::level)
        .returns("take another scheduler, or a kernel with CONFIG_IP_VS_MH", Finding::remedy);
    assertThat(finding("scheduler p2c", web.scheduler("p2c").build()).level()).isEqualTo(NOTE);
    host.write(modules + "modules.dep", "kernel/net/other.ko:");
    assertThat(finding("ip_vs").level()).isEqualTo(ERROR);
  }

  @Test
  void a_virtual_address_must_be_local() throws IOException {
    host("nat-director");
    assertThat(
            finding(
                "virtual address 10.2.0.99", service("10.2.0.99", "10.4.0.11:80", Forwarding.NAT)))
        .returns(ERROR, Finding::level)
        .returns("ip address add 10.2.0.99/32 dev eth0", Finding::remedy);
    assertThat(
            finding(
                    "virtual address fd00:2::99",
                    service("fd00:2::99", "[fd00:4::11]:80", Forwarding.NAT))
                .remedy())
        .isEqualTo("ip address add fd00:2::99/128 dev eth0 preferred_lft 0 nodad");
  }

  @Test
  void marks_need_rules_that_are_not_looked_at() throws IOException {
    host("nat-director");
    VirtualService marked =
        VirtualService.at(VirtualAddress.firewallMark(7, io.jvs.model.AddressFamily.IPV4))
            .realServer("10.4.0.11:80")
            .build();
    assertThat(finding("firewall mark 7", marked).remedy())
        .contains("--set-mark 7", "ip rule add fwmark 7");
  }

  @Test
  void redirects_betray_NAT_in_one_network() throws IOException {
    RecordedHost host = host("nat-director");
    VirtualService one = service("10.2.0.100", "10.2.0.11:80", Forwarding.NAT);
    host.sysctl(ALL + "send_redirects", 1);
    assertThat(finding("send_redirects", one).level()).isEqualTo(WARNING);
    assertThat(examine(NAT)).noneMatch(each -> each.topic().equals("send_redirects"));
    host.sysctl(ALL + "send_redirects", 0).sysctl("net/ipv4/conf/eth0/send_redirects", 0);
    assertThat(examine(one)).noneMatch(each -> each.topic().equals("send_redirects"));
  }

  @Test
  void strict_reverse_paths_are_told() throws IOException {
    host("nat-director").sysctl("net/ipv4/conf/eth0/rp_filter", 1).sysctl(ALL + "rp_filter", 0);
    assertThat(finding("rp_filter").seen()).endsWith(" on eth0");
    host("nat-director").sysctl(ALL + "rp_filter", 2); // the greater one counts
    assertThat(examine()).noneMatch(each -> each.topic().equals("rp_filter"));
  }

  @Test
  void direct_routing_needs_one_segment() throws IOException {
    RecordedHost host = host("dr-director");
    VirtualService far = service("10.2.0.100", "10.9.0.11:80", Forwarding.DR);
    assertThat(finding("segment of 10.9.0.11:80", far))
        .returns(ERROR, Finding::level)
        .returns("use TUN for it, or put it on the segment", Finding::remedy);
    assertThat(finding("real servers of DR", DR).remedy())
        .contains("arp_ignore=1", "arp_announce=2", "ip address add 10.2.0.100/32 dev lo");
    host.replace("proc/net/arp", "0x2", "0x0");
    assertThat(finding("segment of 10.2.0.11:80", DR))
        .returns(WARNING, Finding::level)
        .returns("ping -c1 10.2.0.11", Finding::remedy);
    host.write("proc/net/route", "Iface\tDestination");
    assertThat(finding("route to 10.9.0.11:80", far).level()).isEqualTo(ERROR);
  }

  @Test
  void tunnels_need_room() throws IOException {
    RecordedHost host = host("tun-director");
    assertThat(finding("mtu", TUN))
        .returns(WARNING, Finding::level)
        .extracting(Finding::remedy)
        .asString()
        .endsWith("--set-mss 1440");
    VirtualService gue =
        service("10.2.0.100", "10.3.0.11:80", Forwarding.gue(5555, Forwarding.TunnelChecksum.NONE));
    assertThat(finding("mtu", gue).meaning()).startsWith("the tunnel takes 32 bytes");
    host.sysctl("net/ipv6/conf/eth0/mtu", 9000);
    assertThat(finding("mtu", TUN).level()).isEqualTo(OK);
    assertThat(finding("real servers of TUN", TUN).remedy())
        .contains("modprobe ipip", "tunl0.rp_filter=0");
  }

  @Test
  void a_real_server_is_looked_at_when_it_is_this_host() throws IOException {
    RecordedHost host = host("dr-server");
    assertThat(finding("this host is 10.2.0.11:80", DR).level()).isEqualTo(OK);
    host.sysctl(ALL + "arp_ignore", 0);
    assertThat(finding("this host is 10.2.0.11:80", DR).level()).isEqualTo(WARNING);
    host = host("tun-server");
    assertThat(examine(TUN)).noneMatch(each -> each.level() == ERROR);
    host.sysctl("net/ipv4/conf/tunl0/rp_filter", 1);
    assertThat(examine(TUN))
        .anyMatch(each -> each.level() == ERROR && each.seen().contains("tunl0: 1"));
  }

  @ParameterizedTest
  @CsvSource({
    "backup_only, 1, NOTE",
    "run_estimation, 0, WARNING",
    "sync_version, 0, WARNING",
    "conn_reuse_mode, 0, NOTE",
    "expire_nodest_conn, 0, NOTE",
    "expire_nodest_conn, 1, OK",
    "drop_entry, 3, WARNING",
    "drop_packet, 1, WARNING",
    "secure_tcp, 2, WARNING",
    "expire_quiescent_template, 0, WARNING",
    "expire_quiescent_template, 1, OK",
    "conntrack, 0, OK",
    "conntrack, 1, NOTE",
  })
  void settings_of_IPVS_are_explained(String name, int value, Finding.Level level)
      throws IOException {
    host("nat-director").sysctl("net/ipv4/vs/" + name, value);
    VirtualService persistent =
        NAT.toBuilder().persistence(Persistence.sourceAddress(Duration.ofMinutes(5))).build();
    assertThat(finding(name, persistent))
        .returns(level, Finding::level)
        .extracting(Finding::seen)
        .asString()
        .contains("net.ipv4.vs." + name + " = " + value);
  }

  @Test
  void untracked_connections_beside_address_translation_are_a_warning() throws IOException {
    host("nat-director").write("proc/modules", "xt_MASQUERADE 16384 1 - Live");
    assertThat(finding("conntrack", NAT).level()).isEqualTo(WARNING);
    assertThat(finding("conntrack", NAT).remedy()).isEqualTo("sysctl -w net.ipv4.vs.conntrack=1");
  }

  @Test
  void an_empty_directory_is_a_host_too() {
    assertThat(examine(NAT, NAT6, DR, DR6, TUN)).anyMatch(each -> each.level() == ERROR);
    assertThat(examine()).isNotEmpty();
  }
}
