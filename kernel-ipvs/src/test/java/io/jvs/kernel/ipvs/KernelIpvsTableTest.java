package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.kernel.ipvs.IpvsCommand.AddDestination;
import io.jvs.kernel.ipvs.IpvsCommand.AddService;
import io.jvs.kernel.ipvs.IpvsCommand.DeleteDestination;
import io.jvs.kernel.ipvs.IpvsCommand.DeleteService;
import io.jvs.kernel.ipvs.IpvsCommand.EditDestination;
import io.jvs.kernel.ipvs.IpvsCommand.EditService;
import io.jvs.kernel.ipvs.IpvsCommand.Flush;
import io.jvs.kernel.ipvs.IpvsCommand.SetTimeouts;
import io.jvs.kernel.ipvs.IpvsCommand.StartDaemon;
import io.jvs.kernel.ipvs.IpvsCommand.StopDaemon;
import io.jvs.kernel.ipvs.IpvsCommand.Zero;
import io.jvs.lab.InLab;
import io.jvs.model.AddressFamily;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a real kernel takes and gives back, and what the real ipvsadm says of it. */
@InLab
class KernelIpvsTableTest {
  private static final ServiceKey WEB = address(6, "10.0.0.100", 80);
  private static final List<String> SCHEDULERS =
      List.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh");

  private final IpvsTable table = open();

  private static IpvsTable open() {
    try {
      return IpvsTable.open();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void empty_the_table() throws IOException {
    done(new Flush());
  }

  @AfterEach
  void leave_it_empty() throws IOException {
    done(new Flush());
    table.close();
  }

  @Test
  void every_kind_of_service_is_taken_and_given_back() throws Exception {
    List<IpvsService> services =
        List.of(
            service(WEB, "wlc"),
            service(address(17, "10.0.0.100", 80), "rr"),
            service(address(132, "10.0.0.100", 80), "rr"),
            service(address(6, "2001:db8::1", 443), "rr"),
            service(address(17, "2001:db8::1", 53), "rr"),
            service(address(132, "2001:db8::1", 53), "rr"),
            service(new ServiceKey.Mark(1, AddressFamily.IPV4), "rr"),
            service(new ServiceKey.Mark(0xffff_ffffL, AddressFamily.IPV6), "rr"),
            new IpvsService(address(6, "10.0.0.101", 0), "wrr", 1, 300, 0xffff_ff00, null),
            new IpvsService(address(6, "2001:db8::2", 0), "wrr", 1, 20_000, 64, null),
            new IpvsService(address(17, "10.0.0.101", 5060), "wrr", 1, 360, -1, "sip"),
            new IpvsService(address(17, "10.0.0.102", 53), "rr", 4, 0, -1, null));
    services.forEach(service -> done(new AddService(service)));
    assertThat(table.services())
        .extracting(ServiceRow::service)
        .containsExactlyInAnyOrderElementsOf(services);
    for (IpvsService service : services) {
      ServiceRow row = table.service(service.key());
      assertThat(row).isNotNull();
      assertThat(row.service()).isEqualTo(service);
    }
    assertThat(Ipvsadm.run("-S", "-n"))
        .containsExactlyInAnyOrder(
            "-A -t 10.0.0.100:80 -s wlc",
            "-A -u 10.0.0.100:80 -s rr",
            "-A --sctp-service 10.0.0.100:80 -s rr",
            "-A -t [2001:db8::1]:443 -s rr",
            "-A -u [2001:db8::1]:53 -s rr",
            "-A --sctp-service [2001:db8::1]:53 -s rr",
            "-A -f 1 -s rr",
            "-A -f -1 -6 -s rr", // what ipvsadm makes of 4294967295
            "-A -t 10.0.0.101:0 -s wrr -p 300 -M 255.255.255.0",
            "-A -t [2001:db8::2]:0 -s wrr -p 20000 -M 64",
            "-A -u 10.0.0.101:5060 -s wrr -p 360 --pe sip",
            "-A -u 10.0.0.102:53 -s rr -o");
  }

  @Test
  void every_scheduler_and_every_flag() throws Exception {
    List<IpvsService> services = new ArrayList<>();
    for (String scheduler : SCHEDULERS) {
      for (int flags : new int[] {0, 8, 16, 32, 56}) {
        services.add(
            new IpvsService(
                address(6, "10.0.1." + services.size(), 80), scheduler, flags, 0, -1, null));
      }
    }
    services.forEach(service -> done(new AddService(service)));
    assertThat(table.services())
        .extracting(ServiceRow::service)
        .containsExactlyInAnyOrderElementsOf(services);
    assertThat(Ipvsadm.run("-S", "-n"))
        .hasSize(services.size())
        .contains(
            "-A -t 10.0.1.35:80 -s sh",
            "-A -t 10.0.1.36:80 -s sh -b sh-fallback",
            "-A -t 10.0.1.37:80 -s sh -b sh-port",
            "-A -t 10.0.1.61:80 -s mh -b mh-fallback",
            "-A -t 10.0.1.4:80 -s rr -b flag-1,flag-2,flag-3");
  }

  @Test
  void every_kind_of_server_is_taken_and_given_back() throws Exception {
    done(new AddService(service(WEB, "rr")));
    List<IpvsDestination> servers =
        List.of(
            IpvsDestination.nat(at("10.9.0.1", 80), 1),
            server("10.9.0.1", 8080, IpvsDestination.NAT, 0, 0, 0),
            server("10.9.0.2", 80, IpvsDestination.DIRECT_ROUTE, 0, 0, 0),
            server("10.9.0.3", 80, IpvsDestination.TUNNEL, IpvsDestination.IPIP, 0, 0),
            server("10.9.0.4", 80, IpvsDestination.TUNNEL, IpvsDestination.GUE, 6080, 0),
            server("10.9.0.5", 80, IpvsDestination.TUNNEL, IpvsDestination.GUE, 6080, 1),
            server("10.9.0.6", 80, IpvsDestination.TUNNEL, IpvsDestination.GUE, 6080, 2),
            server("10.9.0.7", 80, IpvsDestination.TUNNEL, IpvsDestination.GRE, 0, 0),
            server("10.9.0.8", 80, IpvsDestination.TUNNEL, IpvsDestination.GRE, 0, 1),
            server("2001:db8::9", 80, IpvsDestination.TUNNEL, IpvsDestination.IPIP, 0, 0),
            new IpvsDestination(
                at("10.9.0.10", 80), 0, Integer.MAX_VALUE, 0xffff_ffffL, 0xffff_fffeL, 0, 0, 0));
    servers.forEach(server -> done(new AddDestination(WEB, server)));
    List<IpvsDestination> newestFirst = new ArrayList<>(servers);
    Collections.reverse(newestFirst);
    assertThat(table.destinations(WEB))
        .extracting(DestinationRow::destination)
        .containsExactlyElementsOf(newestFirst);
    assertThat(Ipvsadm.run("-S", "-n"))
        .containsExactlyInAnyOrder(
            "-A -t 10.0.0.100:80 -s rr",
            "-a -t 10.0.0.100:80 -r 10.9.0.1:80 -m -w 1",
            "-a -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 3",
            "-a -t 10.0.0.100:80 -r 10.9.0.2:80 -g -w 3",
            "-a -t 10.0.0.100:80 -r 10.9.0.3:80 -i -w 3 --tun-type ipip",
            "-a -t 10.0.0.100:80 -r 10.9.0.4:80 -i -w 3 --tun-type gue --tun-port 6080"
                + " --tun-nocsum",
            "-a -t 10.0.0.100:80 -r 10.9.0.5:80 -i -w 3 --tun-type gue --tun-port 6080 --tun-csum",
            "-a -t 10.0.0.100:80 -r 10.9.0.6:80 -i -w 3 --tun-type gue --tun-port 6080"
                + " --tun-remcsum",
            "-a -t 10.0.0.100:80 -r 10.9.0.7:80 -i -w 3 --tun-type gre --tun-nocsum",
            "-a -t 10.0.0.100:80 -r 10.9.0.8:80 -i -w 3 --tun-type gre --tun-csum",
            "-a -t 10.0.0.100:80 -r [2001:db8::9]:80 -i -w 3 --tun-type ipip",
            "-a -t 10.0.0.100:80 -r 10.9.0.10:80 -m -w 2147483647");
    assertThat(String.join("\n", Ipvsadm.run("-Ln", "--thresholds")))
        .containsPattern("10.9.0.10:80 +4294967295 4294967294 ");
  }

  @Test
  void edits_and_deletes_reach_what_they_name_and_nothing_else() throws Exception {
    IpvsService edited = new IpvsService(WEB, "sh", 25, 100, 0xffff_0000, null);
    IpvsDestination first = IpvsDestination.nat(at("10.9.0.1", 80), 1);
    IpvsDestination second = IpvsDestination.nat(at("10.9.0.2", 80), 2);
    IpvsDestination third = IpvsDestination.nat(at("10.9.0.3", 80), 3);
    IpvsDestination changed =
        new IpvsDestination(second.address(), IpvsDestination.TUNNEL, 0, 9, 8, 1, 7, 1);
    done(new AddService(new IpvsService(WEB, "rr", 1, 300, -1, "sip")));
    done(new AddService(service(address(6, "10.0.0.101", 80), "rr")));
    done(new AddDestination(WEB, first));
    done(new AddDestination(WEB, second));
    done(new AddDestination(WEB, third));
    done(new EditService(edited));
    done(new EditDestination(WEB, changed));
    done(new DeleteDestination(WEB, first.address()));
    assertThat(table.service(WEB)).extracting(ServiceRow::service).isEqualTo(edited);
    assertThat(table.destinations(WEB))
        .extracting(DestinationRow::destination)
        .containsExactly(third, changed);
    assertThat(table.snapshot().entries()).hasSize(2);
    done(new DeleteService(WEB));
    assertThat(table.service(WEB)).isNull();
    assertThat(table.destinations(WEB)).isEmpty();
    assertThat(table.services()).hasSize(1);
  }

  @Test
  void traffic_is_counted_and_zeroed() throws Exception {
    Ipvsadm.command(List.of("ip", "link", "set", "lo", "up"));
    ServiceKey dns = address(17, "127.0.0.1", 4053);
    done(new AddService(service(dns, "rr")));
    try (DatagramSocket server = new DatagramSocket(0, SocketAddresses.parseIp("127.0.0.2"));
        DatagramSocket client = new DatagramSocket(0, SocketAddresses.parseIp("127.0.0.1"))) {
      server.setSoTimeout(5000);
      done(
          new AddDestination(
              dns,
              server("127.0.0.2", server.getLocalPort(), IpvsDestination.DIRECT_ROUTE, 0, 0, 0)));
      done(new DeleteService(dns));
      done(new AddService(service(dns, "rr")));
      done(new AddDestination(dns, IpvsDestination.nat(at("127.0.0.2", server.getLocalPort()), 1)));
      for (int i = 0; i < 3; i++) {
        client.send(new DatagramPacket(new byte[100], 100, at("127.0.0.1", 4053)));
        server.receive(new DatagramPacket(new byte[200], 200));
      }
    }
    DestinationRow row = table.destinations(dns).get(0);
    assertThat(row.inactive()).isEqualTo(1); // live, and UDP is never active
    assertThat(row.active()).isZero();
    while (table.destinations(dns).get(0).traffic().inPackets() < 3) { // counted within 2 s
      Thread.onSpinWait();
    }
    Traffic traffic = table.destinations(dns).get(0).traffic();
    assertThat(traffic.connections()).isEqualTo(1);
    assertThat(traffic.inBytes()).isEqualTo(3 * 128);
    ServiceRow service = table.service(dns);
    assertThat(service).isNotNull();
    assertThat(service.traffic().inPackets()).isEqualTo(3);
    done(new Zero(dns));
    assertThat(table.destinations(dns).get(0).traffic().inPackets()).isZero();
    done(new Zero(null));
    assertThat(table.services().get(0).traffic().connections()).isZero();
  }

  @Test
  void info_and_timeouts() throws Exception {
    assertThat(table.info().versionText()).isEqualTo("1.2.1");
    assertThat(table.info().connectionTableSize()).isEqualTo(4096);
    IpvsTimeouts before = table.timeouts();
    try {
      done(new SetTimeouts(new IpvsTimeouts(1000, 0, 33)));
      assertThat(table.timeouts()).isEqualTo(new IpvsTimeouts(1000, before.tcpFin(), 33));
      assertThat(Ipvsadm.run("-L", "--timeout"))
          .containsExactly("Timeout (tcp tcpfin udp): 1000 " + before.tcpFin() + " 33");
      assertThat(failure(new SetTimeouts(new IpvsTimeouts(21_474_837, 0, 0))))
          .startsWith("set timeouts 21474837 0 0: EINVAL (Invalid argument); each is in seconds");
      done(new SetTimeouts(new IpvsTimeouts(21_474_836, 0, 0)));
    } finally {
      done(new SetTimeouts(before));
    }
  }

  @Test
  void sync_daemons_start_are_listed_and_stop() throws Exception {
    Ipvsadm.command(List.of("ip", "link", "add", "sync0", "type", "dummy"));
    Ipvsadm.command(List.of("ip", "addr", "add", "10.8.0.1/24", "dev", "sync0"));
    Ipvsadm.command(List.of("ip", "link", "set", "sync0", "up"));
    SyncDaemon master = new SyncDaemon(SyncDaemon.Role.MASTER, 7, "sync0", 0, null, 0, 0);
    SyncDaemon backup =
        new SyncDaemon(
            SyncDaemon.Role.BACKUP,
            255,
            "sync0",
            1200,
            SocketAddresses.parseIp("239.1.2.3"),
            9000,
            5);
    try {
      assertThat(table.daemons()).isEmpty();
      done(new StartDaemon(master));
      done(new StartDaemon(backup));
      assertThat(table.daemons())
          .containsExactly(
              new SyncDaemon(
                  SyncDaemon.Role.MASTER,
                  7,
                  "sync0",
                  1472,
                  SocketAddresses.parseIp("224.0.0.81"),
                  8848,
                  1),
              backup);
      assertThat(Ipvsadm.run("-L", "--daemon"))
          .containsExactly(
              "master sync daemon (mcast=sync0, syncid=7, maxlen=1472, group=224.0.0.81,"
                  + " port=8848, ttl=1)",
              "backup sync daemon (mcast=sync0, syncid=255, maxlen=1200, group=239.1.2.3,"
                  + " port=9000, ttl=5)");
      assertThat(failure(new StartDaemon(master)))
          .isEqualTo(
              "start daemon master on sync0: EEXIST (File exists); one of this role runs already:"
                  + " stop it first");
      done(new StopDaemon(SyncDaemon.Role.MASTER));
      done(new StopDaemon(SyncDaemon.Role.BACKUP));
      assertThat(table.daemons()).isEmpty();
      assertThat(failure(new StopDaemon(SyncDaemon.Role.BACKUP)))
          .isEqualTo("stop daemon backup: ESRCH (No such process); none of this role runs");
      assertThat(
              failure(
                  new StartDaemon(new SyncDaemon(SyncDaemon.Role.MASTER, 1, "no", 0, null, 0, 0))))
          .isEqualTo(
              "start daemon master on no: ENODEV (No such device); no network interface 'no'; ip"
                  + " link shows those there are");
    } finally {
      Ipvsadm.command(List.of("ip", "link", "del", "sync0"));
    }
  }

  @Test
  void what_the_kernel_refuses_is_told_with_the_way_out() throws Exception {
    IpvsDestination server = IpvsDestination.nat(at("10.9.0.1", 80), 1);
    assertThat(failure(new EditService(service(WEB, "rr"))))
        .isEqualTo(
            "TCP 10.0.0.100:80, edit service (rr): ESRCH (No such process); no such service; add"
                + " it instead");
    assertThat(failure(new DeleteService(WEB)))
        .isEqualTo(
            "TCP 10.0.0.100:80, delete service: ESRCH (No such process); no such service; it is"
                + " gone already");
    assertThat(failure(new Zero(WEB)))
        .isEqualTo(
            "TCP 10.0.0.100:80, zero counters: ESRCH (No such process); no such service; it is"
                + " gone already");
    assertThat(failure(new AddDestination(WEB, server)))
        .isEqualTo(
            "TCP 10.0.0.100:80, add server 10.9.0.1:80: ESRCH (No such process); no such service;"
                + " add TCP 10.0.0.100:80 first");
    assertThat(failure(new DeleteDestination(WEB, server.address()))).contains("ESRCH");
    done(new AddService(service(WEB, "rr")));
    assertThat(failure(new AddService(service(WEB, "rr"))))
        .isEqualTo(
            "TCP 10.0.0.100:80, add service (rr): EEXIST (File exists); it is there already: edit"
                + " it instead");
    assertThat(failure(new EditDestination(WEB, server)))
        .isEqualTo(
            "TCP 10.0.0.100:80, edit server 10.9.0.1:80: ENOENT (No such file or directory); no"
                + " such server in this service; add it instead");
    assertThat(failure(new DeleteDestination(WEB, server.address())))
        .isEqualTo(
            "TCP 10.0.0.100:80, delete server 10.9.0.1:80: ENOENT (No such file or directory); no"
                + " such server in this service; it is gone already");
    done(new AddDestination(WEB, server));
    assertThat(failure(new AddDestination(WEB, server)))
        .endsWith("EEXIST (File exists); it is there already: edit it instead");
    assertThat(failure(new EditService(service(WEB, "twelve"))))
        .isEqualTo(
            "TCP 10.0.0.100:80, edit service (twelve): ENOENT (No such file or directory); the"
                + " kernel has no scheduler 'twelve': as root, modprobe ip_vs_twelve, or use one"
                + " it has");
    assertThat(failure(new EditService(new IpvsService(WEB, "rr", 1, 300, -1, "pip"))))
        .contains("ENOENT")
        .endsWith("modprobe ip_vs_rr and modprobe ip_vs_pe_pip");
    assertThat(failure(new EditService(service(WEB, "sixteen-letters-"))))
        .contains("EINVAL")
        .contains("scheduler 'sixteen-letters-' (expected: at most 15 characters)");
    assertThat(failure(new EditDestination(WEB, server.withWeight(-1))))
        .endsWith(
            "ERANGE (Numerical result out of range); weight -1 (expected: 0 to 2147483647),"
                + " thresholds 0 and 0 (expected: the lower at most the upper)");
    assertThat(failure(new AddDestination(WEB, server("10.9.0.9", 80, 2, 1, 0, 0))))
        .contains("EINVAL")
        .endsWith("a port for gue (it is 0)");
  }

  @Test
  void one_that_fails_does_not_keep_the_next_ones_from_being_carried_out() throws Exception {
    List<IpvsCommand> commands = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      ServiceKey key = address(6, "10.1." + i / 500 + "." + i % 250, 80); // each twice
      commands.add(new AddService(service(key, "rr")));
    }
    List<@Nullable IpvsException> results = table.execute(commands);
    assertThat(results).hasSize(3000);
    for (int i = 0; i < 3000; i++) {
      IpvsException failure = results.get(i);
      if (i % 500 < 250) {
        assertThat(failure).as("command %d", i).isNull();
      } else {
        assertThat(failure).as("command %d", i).isNotNull();
        assertThat(failure.errno()).isEqualTo(17);
      }
    }
    assertThat(table.services()).hasSize(1500);
  }

  private void done(IpvsCommand command) {
    assertThat(executed(command)).as(command.toString()).isNull();
  }

  private String failure(IpvsCommand command) {
    IpvsException failure = executed(command);
    assertThat(failure).as(command.toString()).isNotNull();
    return String.valueOf(failure.getMessage());
  }

  private @Nullable IpvsException executed(IpvsCommand command) {
    try {
      return table.execute(List.of(command)).get(0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static ServiceKey address(int protocol, String ip, int port) {
    return new ServiceKey.Address(protocol, SocketAddresses.parseIp(ip), port);
  }

  private static IpvsService service(ServiceKey key, String scheduler) {
    return new IpvsService(key, scheduler, 0, 0, IpvsService.fullNetmask(key.family()), null);
  }

  private static IpvsDestination server(
      String ip, int port, int method, int tunnelType, int tunnelPort, int tunnelFlags) {
    return new IpvsDestination(at(ip, port), method, 3, 0, 0, tunnelType, tunnelPort, tunnelFlags);
  }

  private static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(SocketAddresses.parseIp(ip), port);
  }
}
