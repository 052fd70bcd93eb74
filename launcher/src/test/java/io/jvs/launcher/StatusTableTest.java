package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.launcher.control.ReloadReport;
import io.jvs.launcher.control.StatusReport;
import io.jvs.launcher.control.StatusReport.Durations;
import io.jvs.launcher.control.StatusReport.Server;
import io.jvs.launcher.control.StatusReport.Service;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StatusTableTest {
  @Test
  void a_glance_tells_who_is_down_since_when_and_why() {
    Server up =
        new Server(
            "10.0.0.1:80",
            "NAT",
            2,
            3,
            "64 % at 16 of 20",
            "up",
            null,
            null,
            List.of("weight 2 by alice"),
            Map.of("tls", "the certificate expires in 6 days"),
            12,
            4,
            1,
            1234,
            0,
            Map.of(),
            9_999,
            12_345);
    Server down =
        new Server(
            "10.0.0.12:8080",
            "NAT",
            1,
            1,
            null,
            "down",
            "2026-01-01T10:00:00Z",
            "3 checks failed: connect timed out after 2000 ms",
            List.of(),
            Map.of(),
            0,
            0,
            0,
            56,
            7,
            new TreeMap<>(Map.of("refused", 5L, "reset", 2L)),
            1_234_567,
            5_000_000_000L);
    Server gone =
        new Server(
            "10.0.0.3:80",
            "NAT",
            0.25,
            2,
            null,
            "up",
            null,
            null,
            List.of(),
            Map.of(),
            1,
            0,
            0,
            9,
            0,
            Map.of(),
            0,
            0);
    StatusReport report =
        new StatusReport(
            1,
            "1.2.3",
            42,
            "running",
            "/etc/jvs/web.yaml",
            "2026-01-01T09:00:00Z",
            new ReloadReport(
                "2026-01-01T09:30:00Z", false, List.of("/etc/jvs/web.yaml:1:1: wrong")),
            new StatusReport.Tcp("epoll", 17, 9000, 2, 0, 0, 0),
            new StatusReport.Udp(
                "epoll",
                12,
                100_000,
                1,
                3,
                new TreeMap<>(Map.of("refused", 5L, "stray", 2L, "too-long", 0L)),
                40,
                1,
                6,
                8),
            new StatusReport.Ipvs("no answer", 2, 7, 1, 40, 3, 4),
            List.of(
                new Service(
                    "web",
                    "tcp 192.0.2.10:80",
                    "wlc",
                    "persistent 300 s",
                    true,
                    "weights corrected",
                    "a",
                    "subset of 2 for edge-1",
                    1000,
                    17,
                    1,
                    5,
                    true,
                    true,
                    "access for [10.0.0.0/8]",
                    "limits connections 100",
                    new StatusReport.Intake(true, 17, 100, 3, 50, 0.25, 9, 12, 1, 8),
                    new TreeMap<>(Map.of("all-down", 3L, "all-full", 1L)),
                    new TreeMap<>(
                        Map.of(
                            "connect",
                            new Durations(1299, 0.5, 0.254, 1.2, 35.25, 250.4),
                            "total",
                            new Durations(1240, 9000, 1500, 60_000, 120_000, 3_600_000))),
                    List.of(up, down),
                    List.of(gone),
                    null)));

    assertThat(StatusTable.of(report))
        .isEqualTo(
            """
            jvs 1.2.3, running since 2026-01-01T09:00:00Z, pid 42, /etc/jvs/web.yaml
            the reload at 2026-01-01T09:30:00Z was refused:
              /etc/jvs/web.yaml:1:1: wrong
            tcp  epoll  connections 17 of at most 9000  refused when full 2  local failures 0  policy failures 0
            udp  epoll  flows 12 of at most 100000  evicted 1  source ports 3
              datagrams dropped: refused 5  stray 2
              clients told that nobody is there (ICMP) 8
              QUIC connection ids 40  followed 6  forgotten early 1
            ipvs  services 2  destinations 7  leaving 1  steps 40  rejected 3  mended 4
              cannot be asked: no answer

            web  tcp 192.0.2.10:80  wlc  persistent 300 s  one-packet  weights corrected  prefers zone a  2 of 1000 servers, subset of 2 for edge-1  connections 17  templates 1  evicted 5
              SERVER          FORWARD     WEIGHT  STATE    ACTIVE  INACTIVE  OPENED  FAILED    IN    OUT
              10.0.0.1:80     NAT         2 of 3  up           12         4    1234       0  9999  12.3k
              10.0.0.12:8080  NAT              1  down          0         0      56       7  1.2M   5.0G
              10.0.0.3:80     NAT      0.25 of 2  removed       1         0       9       0     0      0
              10.0.0.12:8080 down since 2026-01-01T10:00:00Z: 3 checks failed: connect timed out after 2000 ms
              10.0.0.1:80 weight 2 by alice
              10.0.0.1:80 warning of tls: the certificate expires in 6 days
              10.0.0.1:80 weight 2 of 3: 64 % at 16 of 20
              10.0.0.12:8080 failed  refused 5  reset 2
              TIME     COUNT     P50     P90     P99  P99.9
              connect   1299  0.25ms  1.20ms  35.3ms  250ms
              total     1240    1.5s   60.0s    120s  3600s
              panic: too few servers are up, so all are used
              the quorum is lost, so the fallback answers
              access for [10.0.0.0/8]
              limits connections 100
              clients inside 17 of at most 100  waiting 3 of at most 50, the first for 0.25 s  have waited 9  known one by one 12  not known for want of room 1  packets dropped 8
              refused  all-down 3  all-full 1
            """);
  }

  @Test
  void bytes_have_three_digits_and_a_unit() {
    assertThat(StatusTable.bytes(0)).isEqualTo("0");
    assertThat(StatusTable.bytes(9_999)).isEqualTo("9999");
    assertThat(StatusTable.bytes(10_000)).isEqualTo("10.0k");
    assertThat(StatusTable.bytes(123_456)).isEqualTo("123k");
    assertThat(StatusTable.bytes(Long.MAX_VALUE)).isEqualTo("9.2E");
  }
}
