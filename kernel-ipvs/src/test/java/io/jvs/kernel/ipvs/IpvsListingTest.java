package io.jvs.kernel.ipvs;

import static io.jvs.kernel.ipvs.IpvsListing.Columns.STATS;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.kernel.ipvs.IpvsListing.Columns;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class IpvsListingTest {
  private static final IpvsInfo INFO = new IpvsInfo(0x010201, 4096);

  @ParameterizedTest
  @EnumSource
  void a_listing_is_what_ipvsadm_prints(Columns columns) throws Exception {
    IpvsSnapshot snapshot = Recorded.snapshot(Recorded.kinds());
    assertThat(IpvsListing.of(INFO, snapshot, columns, false, true))
        .isEqualTo(Recorded.text("kinds." + columns.name().toLowerCase(Locale.ROOT)));
  }

  @Test
  void unsorted_is_the_order_of_the_kernel() throws Exception {
    SavedTable table =
        SaveFormat.table(
            SaveFormat.read("-A -f 5 -s rr\n-a -f 5 -r 10.0.0.1\n-a -f 5 -r 10.0.0.2"));
    assertThat(
            IpvsListing.of(INFO, Recorded.snapshot(table), Columns.CONNECTIONS, false, false)
                .lines()
                .skip(3))
        .containsExactly(
            "FWM  5 rr",
            "  -> 10.0.0.2:0                   Route   1      0          0         ",
            "  -> 10.0.0.1:0                   Route   1      0          0         ");
  }

  @Test
  void timeouts_and_daemons_are_what_ipvsadm_prints() throws Exception {
    assertThat(IpvsListing.of(new IpvsTimeouts(901, 121, 301)))
        .isEqualTo(Recorded.text("kinds.timeout"));
    InetAddress group = InetAddress.getByName("224.0.0.81");
    InetAddress other = InetAddress.getByName("224.0.0.82");
    assertThat(
            IpvsListing.of(
                List.of(
                    new SyncDaemon(SyncDaemon.Role.MASTER, 21, "eth0", 1472, group, 8848, 1),
                    new SyncDaemon(SyncDaemon.Role.BACKUP, 255, "eth0", 1400, other, 8849, 3))))
        .isEqualTo(Recorded.text("kinds.daemon"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          0|        0|        0
          99999999| 99999999| 99999999
          100000000|  100000K| 100000000
          260112000|  260112K| 260112000
          999999999|  999999K| 999999999
          1000000000|    1000M| 1000000000
          99999999999|   99999M| 99999999999
          100000000000|     100G| 100000000000
          99999999999999|   99999G| 99999999999999
          100000000000000|     100T| 100000000000000
          -1|18446744T| 18446744073709551615
          """)
  void large_numbers_are_cut_off_unless_exact(long bytes, String rounded, String exact) {
    Traffic traffic = new Traffic(0, 0, 0, bytes, 0, 0, 0, 0, 0, 0);
    IpvsService service =
        new IpvsService(
            new ServiceKey.Mark(7, io.jvs.model.AddressFamily.IPV4), "rr", 0, 0, -1, null);
    DestinationRow row =
        new DestinationRow(
            IpvsDestination.nat(new InetSocketAddress("10.0.0.1", 80), 1), 0, 0, 0, traffic);
    IpvsSnapshot snapshot =
        new IpvsSnapshot(
            List.of(new IpvsSnapshot.Entry(new ServiceRow(service, traffic), List.of(row))));
    assertThat(IpvsListing.of(INFO, snapshot, STATS, false, true)).contains("0" + rounded + " ");
    assertThat(IpvsListing.of(INFO, snapshot, STATS, true, true)).contains("0" + exact + " ");
  }

  @Test
  void sorting_is_that_of_ipvsadm_where_differences_wrap() throws Exception {
    String text =
        """
        -A -t 10.0.0.1:80 -s rr
        -a -t 10.0.0.1:80 -r 10.9.0.1:80 -m
        -a -t 10.0.0.1:80 -r 200.9.0.1:80 -m
        -a -t 10.0.0.1:80 -r 100.9.0.1:80 -m
        -a -t 10.0.0.1:80 -r 150.9.0.1:80 -m
        -a -t 10.0.0.1:80 -r 150.9.0.1:79 -m
        -a -t 10.0.0.1:80 -r 1.9.0.1:80 -m
        """;
    // As recorded with ipvsadm 1.31: neither ascending nor the kernel's order.
    assertThat(SaveFormat.writeAsIpvsadm(SaveFormat.table(SaveFormat.read(text))))
        .isEqualTo(
            """
            -A -t 10.0.0.1:80 -s rr
            -a -t 10.0.0.1:80 -r 100.9.0.1:80 -m -w 1
            -a -t 10.0.0.1:80 -r 150.9.0.1:79 -m -w 1
            -a -t 10.0.0.1:80 -r 150.9.0.1:80 -m -w 1
            -a -t 10.0.0.1:80 -r 200.9.0.1:80 -m -w 1
            -a -t 10.0.0.1:80 -r 1.9.0.1:80 -m -w 1
            -a -t 10.0.0.1:80 -r 10.9.0.1:80 -m -w 1
            """);
  }
}
