package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.kernel.netlink.Datagrams;
import io.jvs.kernel.netlink.ScriptedKernel;
import io.jvs.model.AddressFamily;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is told when there is no kernel that does it. */
class IpvsTableMessagesTest {
  private final ScriptedKernel kernel = new ScriptedKernel();

  @Test
  void a_kernel_without_IPVS() {
    kernel.then((asked, me) -> me.datagram(error(asked.get(0).sequence(), 2)));
    assertThatThrownBy(() -> KernelIpvsTable.open(kernel))
        .isInstanceOfSatisfying(IpvsException.class, e -> assertThat(e.errno()).isEqualTo(2))
        .hasMessage(
            "open the IPVS table: ENOENT (No such file or directory); this kernel has no IPVS, or"
                + " its module is not loaded: as root, modprobe ip_vs");
    assertThat(kernel.closed).isTrue();
  }

  @Test
  void a_kernel_that_is_silent() {
    assertThatThrownBy(() -> KernelIpvsTable.open(kernel))
        .isInstanceOf(IOException.class)
        .hasMessage("nothing more is scripted");
    assertThat(kernel.closed).isTrue();
  }

  @Test
  void no_permission() throws IOException {
    IpvsTable table = KernelIpvsTable.open(kernel.thenFamily());
    for (int i = 0; i < 2; i++) {
      kernel.then((asked, me) -> me.datagram(error(asked.get(0).sequence(), 1)));
    }
    assertThat(table.execute(List.of(new IpvsCommand.Flush())).get(0))
        .hasMessageStartingWith(
            "clear the table: EPERM (Operation not permitted); IPVS wants CAP_NET_ADMIN in the"
                + " initial user namespace");
    assertThatThrownBy(table::timeouts)
        .hasMessageStartingWith(
            "read the timeouts: EPERM (Operation not permitted); IPVS wants CAP_NET_ADMIN");
  }

  @Test
  void commands_whose_answers_did_not_come() throws IOException {
    IpvsTable table = KernelIpvsTable.open(kernel.thenFamily());
    assertThatThrownBy(() -> table.execute(List.of(new IpvsCommand.Zero(Samples.MARK))))
        .isInstanceOf(IpvsException.class)
        .hasMessage(
            "1 commands, the first: FWM 4294967294 IPv6, zero counters: nothing more is scripted;"
                + " the kernel has carried out some or all of them: read the table again");
  }

  @Test
  void rows_that_a_changing_table_repeats_are_listed_once() throws IOException {
    IpvsTable table = KernelIpvsTable.open(kernel.thenFamily());
    kernel.then(
        (asked, me) -> {
          int mine = asked.get(0).sequence();
          for (long mark : new long[] {5, 6, 5}) {
            IpvsService service =
                new IpvsService(
                    new ServiceKey.Mark(mark, AddressFamily.IPV4), "rr", 0, 0, -1, null);
            me.datagram(
                new Datagrams(ByteOrder.nativeOrder())
                    .message(
                        ScriptedKernel.FAMILY,
                        2,
                        mine,
                        out -> IpvsRequests.write(new IpvsCommand.AddService(service), out)));
          }
          me.datagram(new Datagrams(ByteOrder.nativeOrder()).done(2, mine, 0));
        });
    assertThat(table.services())
        .extracting(row -> row.service().key().toString())
        .containsExactly("FWM 5", "FWM 6");
  }

  @Test
  void another_system() {
    String system = System.getProperty("os.name");
    System.setProperty("os.name", "Plan 9");
    try {
      assertThatThrownBy(IpvsTable::open)
          .hasMessage("netlink is there on Linux only, and this is Plan 9");
    } finally {
      System.setProperty("os.name", system);
    }
  }

  @Test
  void numbers_that_no_message_holds_are_refused() {
    assertThatThrownBy(() -> new IpvsTimeouts(0x1_0000_0000L, 0, 0))
        .hasMessage("timeout of tcp 4294967296 (expected: 0 to 4294967295)");
    assertThatThrownBy(() -> new IpvsService(Samples.WEB, "rr", 1, -1, -1, null))
        .hasMessage("persistence timeout -1 (expected: 0 to 4294967295)");
    assertThatThrownBy(
            () ->
                new IpvsDestination(Samples.NAT_SERVER.address(), 0, 1, 0x1_0000_0000L, 0, 0, 0, 0))
        .hasMessage("upper threshold 4294967296 (expected: 0 to 4294967295)");
    assertThatThrownBy(() -> new SyncDaemon(SyncDaemon.Role.MASTER, 256, "eth0", 0, null, 0, 0))
        .hasMessage("sync id 256 (expected: 0 to 255)");
  }

  private static Datagrams error(int sequence, int errno) {
    return new Datagrams(ByteOrder.nativeOrder()).error(sequence, errno);
  }
}
