package io.jvs.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The comparison in the shortest form that still does everything once with us and the floor. */
@Timeout(120)
@EnabledOnOs(value = OS.LINUX, disabledReason = "figures come from /proc")
class UdpComparisonTest {
  @Test
  void every_work_is_measured_and_nothing_is_dropped_inside() throws Exception {
    assumeTrue(new Programs(null).find("cc") != null, "skipped: no cc (Debian: gcc, libc6-dev)");
    Options options = new Options(1, 0.2, 0, 1, Set.of(), List.of("auto"), List.of(), null);
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classes = System.getProperty("java.class.path");
    List<String> launcher =
        List.of(java.toString(), "-XX:+UseSerialGC", "-cp", classes, "io.jvs.launcher.Main");
    try (Workshop workshop = new Workshop(null)) {
      Bench bench = new Bench(options, workshop, UdpProxies.SERVERS, "udp-load", "udp-servers");
      List<Proxy> proxies =
          new UdpProxies(options, launcher, 1_000, 1_000)
              .present().stream()
                  .filter(proxy -> proxy.ours() || proxy.name().equals("C floor"))
                  .toList();

      new UdpComparison(bench).works(proxies);

      for (Proxy proxy : proxies) {
        for (UdpWork work : UdpWork.values()) {
          assertThat(bench.readings.median(work.name(), proxy.name()))
              .as("%s: %s", proxy.name(), work.title())
              .isPositive();
        }
        assertThat(bench.readings.median(Row.P99, proxy.name())).isPositive();
      }
      assertThat(bench.readings.median(Row.P50, "JVS auto")).isPositive();
      assertThat(bench.readings.median(UdpRows.DROPPED, "JVS auto")).isZero();
      assertThat(ProxyTable.ofUdp(bench.readings, proxies, true).costs())
          .contains("| 64-byte request/response, 16 flows with 16 under way on each, µs |")
          .contains("JVS auto ≤ 0.00: **met**");
    }
  }
}
