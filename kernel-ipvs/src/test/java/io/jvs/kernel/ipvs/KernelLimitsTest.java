package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.kernel.ipvs.IpvsCommand.AddDestination;
import io.jvs.kernel.ipvs.IpvsCommand.AddService;
import io.jvs.kernel.ipvs.IpvsCommand.DeleteService;
import io.jvs.kernel.ipvs.IpvsCommand.EditDestination;
import io.jvs.kernel.netlink.NetlinkSocket;
import io.jvs.kernel.netlink.Wire;
import io.jvs.lab.InLab;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Much at once, little room, others at work, no rights: with a real kernel. */
@InLab
class KernelLimitsTest {
  private static final ServiceKey WEB =
      new ServiceKey.Address(6, SocketAddresses.parseIp("10.0.0.100"), 80);

  @AfterEach
  void leave_the_table_empty() throws Exception {
    Ipvsadm.run("-C");
  }

  @Test
  void ten_thousand_servers_go_out_in_a_few_calls_and_come_back_in_order() throws Exception {
    List<IpvsDestination> servers = servers(10_000);
    Counting wire = new Counting(socket(4 << 20));
    try (IpvsTable table = KernelIpvsTable.open(wire)) {
      wire.sends = 0;
      wire.receives = 0;
      assertThat(table.execute(load(servers))).hasSize(10_001).containsOnlyNulls();
      assertThat(wire.sends).isLessThanOrEqualTo(6);
      assertThat(wire.receives).isLessThanOrEqualTo(6);
      List<DestinationRow> rows = table.destinations(WEB);
      assertThat(wire.receives).isGreaterThan(50); // many buffers full
      assertThat(rows).hasSize(10_000);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).destination()).isEqualTo(servers.get(servers.size() - 1 - i));
      }
    }
  }

  @Test
  void a_small_receive_buffer_makes_it_slower_and_nothing_else() throws Exception {
    List<IpvsCommand> commands = load(servers(300));
    commands.addAll(load(servers(300)));
    Counting wire = new Counting(socket(1));
    assertThat(wire.answerLimit()).isLessThan(5);
    try (IpvsTable table = KernelIpvsTable.open(wire)) {
      List<@Nullable IpvsException> results = table.execute(commands);
      assertThat(results.subList(0, 301)).containsOnlyNulls();
      assertThat(results.subList(301, 602)).doesNotContainNull();
      assertThat(table.destinations(WEB)).hasSize(300);
    }
  }

  @Test
  void answers_that_the_kernel_could_not_deliver_are_noticed() throws Exception {
    Counting wire = new Counting(socket(1));
    wire.answerLimit = 1000; // it is not so
    try (IpvsTable table = KernelIpvsTable.open(wire)) {
      List<IpvsCommand> commands = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        commands.add(new DeleteService(WEB));
      }
      commands.add(new AddService(new IpvsService(WEB, "rr", 0, 0, -1, null)));
      assertThatThrownBy(() -> table.execute(commands))
          .isInstanceOfSatisfying(IpvsException.class, e -> assertThat(e.errno()).isZero())
          .hasMessage(
              "501 commands, the first: TCP 10.0.0.100:80, delete service: the receive buffer was"
                  + " full: ENOBUFS (No buffer space available); the kernel has carried out some or"
                  + " all of them: read the table again");
      assertThat(table.service(WEB)).isNotNull();
      assertThat(table.services()).hasSize(1);
    }
  }

  @Test
  void a_datagram_that_does_not_fit_is_noticed_and_asked_for_again() throws Exception {
    Counting wire = new Counting(socket(1 << 20, /* datagramBytes= */ 512));
    try (IpvsTable table = KernelIpvsTable.open(wire)) {
      assertThat(table.execute(load(servers(100)))).containsOnlyNulls();
      wire.sends = 0;
      assertThat(table.destinations(WEB)).hasSize(100);
      assertThat(wire.sends).isGreaterThan(1);
    }
  }

  @Test
  void another_one_changes_the_table_meanwhile() throws Exception {
    String loop =
        "while :; do ipvsadm -A -t 10.0.0.200:80 -s rr; ipvsadm -a -t 10.0.0.200:80 -r 10.9.0.1 -m;"
            + " ipvsadm -D -t 10.0.0.200:80; done >/dev/null 2>&1";
    ServiceKey contested = new ServiceKey.Address(6, SocketAddresses.parseIp("10.0.0.200"), 80);
    IpvsService service = new IpvsService(contested, "rr", 0, 0, -1, null);
    IpvsDestination server =
        IpvsDestination.nat(new InetSocketAddress(SocketAddresses.parseIp("10.9.0.1"), 80), 1);
    Process other = new ProcessBuilder("bash", "-c", loop).start();
    Set<Integer> seen = new TreeSet<>();
    boolean there = false;
    boolean gone = false;
    try (IpvsTable table = IpvsTable.open()) {
      assertThat(table.execute(load(servers(20)))).containsOnlyNulls();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (System.nanoTime() < end && !(seen.containsAll(Set.of(0, 3, 17)) && there && gone)) {
        List<@Nullable IpvsException> results =
            table.execute(
                List.of(
                    new AddService(service),
                    new AddDestination(contested, server),
                    new DeleteService(contested),
                    new EditDestination(contested, server)));
        for (IpvsException result : results) {
          seen.add(result == null ? 0 : result.errno());
        }
        IpvsSnapshot snapshot = table.snapshot();
        assertThat(snapshot.entries()).hasSizeBetween(1, 2);
        assertThat(snapshot.entries())
            .filteredOn(entry -> entry.service().service().key().equals(WEB))
            .singleElement()
            .satisfies(entry -> assertThat(entry.destinations()).hasSize(20));
        boolean now = table.service(contested) != null;
        there |= now;
        gone |= !now;
      }
    } finally {
      other.destroy();
      other.waitFor();
    }
    assertThat(seen).contains(0, 3, 17).isSubsetOf(0, 2, 3, 17);
    assertThat(there && gone).isTrue();
  }

  @Test
  void without_the_right_to_it_the_kernel_says_so_and_we_what_to_do() throws Exception {
    List<String> command =
        List.of(
            "setpriv",
            "--bounding-set",
            "-net_admin",
            "--inh-caps",
            "-net_admin",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Probe.class.getName());
    assertThat(Ipvsadm.command(command))
        .last()
        .isEqualTo(
            "list the services: EPERM (Operation not permitted); IPVS wants CAP_NET_ADMIN in the"
                + " initial user namespace, also for reading: run as root outside of any user"
                + " namespace, or give the program that capability (setcap cap_net_admin+ep,"
                + " AmbientCapabilities=CAP_NET_ADMIN in systemd)");
  }

  @Test
  void without_the_module_there_is_no_table() throws Exception {
    Path loader = Path.of("/proc/sys/kernel/modprobe");
    String before = Files.readString(loader);
    Files.writeString(loader, "/bin/false"); // else asking would load it
    try {
      Ipvsadm.command(List.of("bash", "-c", "rmmod $(lsmod | grep -oE '^ip_vs_[a-z0-9_]+') ip_vs"));
      assertThatThrownBy(IpvsTable::open)
          .isInstanceOfSatisfying(IpvsException.class, e -> assertThat(e.errno()).isEqualTo(2))
          .hasMessage(
              "open the IPVS table: ENOENT (No such file or directory); this kernel has no IPVS, or"
                  + " its module is not loaded: as root, modprobe ip_vs");
    } finally {
      Files.writeString(loader, before);
      Ipvsadm.command(List.of("modprobe", "ip_vs"));
    }
    try (IpvsTable table = IpvsTable.open()) {
      assertThat(table.services()).isEmpty();
    }
  }

  private static NetlinkSocket socket(int receiveBuffer) throws IOException {
    return socket(receiveBuffer, NetlinkSocket.LONGEST_DATAGRAM);
  }

  private static NetlinkSocket socket(int receiveBuffer, int datagramBytes) throws IOException {
    return NetlinkSocket.open(
        NetlinkSocket.NETLINK_GENERIC,
        Duration.ofSeconds(5),
        1 << 20,
        receiveBuffer,
        datagramBytes);
  }

  private static List<IpvsCommand> load(List<IpvsDestination> servers) {
    List<IpvsCommand> commands = new ArrayList<>();
    commands.add(new AddService(new IpvsService(WEB, "rr", 0, 0, -1, null)));
    servers.forEach(server -> commands.add(new AddDestination(WEB, server)));
    return commands;
  }

  private static List<IpvsDestination> servers(int count) {
    List<IpvsDestination> servers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] ip = {11, 1, (byte) (i >> 8), (byte) i};
      try {
        servers.add(
            IpvsDestination.nat(new InetSocketAddress(InetAddress.getByAddress(ip), 80), i));
      } catch (UnknownHostException e) {
        throw new AssertionError(e);
      }
    }
    return servers;
  }

  /** Counts system calls, and may lie about the room for answers. */
  private static final class Counting implements Wire {
    private final Wire wire;
    private int sends;
    private int receives;
    private int answerLimit;

    Counting(Wire wire) {
      this.wire = wire;
      this.answerLimit = wire.answerLimit();
    }

    @Override
    public void send(ByteBuffer messages) throws IOException {
      sends++;
      wire.send(messages);
    }

    @Override
    public ByteBuffer receive() throws IOException {
      receives++;
      return wire.receive();
    }

    @Override
    public void discard() {
      wire.discard();
    }

    @Override
    public int sendLimit() {
      return wire.sendLimit();
    }

    @Override
    public int answerLimit() {
      return answerLimit;
    }

    @Override
    public void close() {
      wire.close();
    }
  }
}
