package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UncountedDatagramsTest {
  private final Path file;

  UncountedDatagramsTest(@TempDir Path directory) {
    this.file = directory.resolve("dns.yaml");
  }

  @Test
  void the_warning_names_its_place_what_happens_and_the_way_out() throws Exception {
    List<Problem> warnings =
        warnings(
            """
            services:
              - name: dns
                address: udp 192.0.2.1:53
                onePacket: true
                scheduler: sed
                realServers: [10.0.0.1:53, 10.0.0.2:53]
            """);

    assertThat(warnings)
        .extracting(Problem::toString)
        .containsExactly(
            file
                + ":5:16: services[0].scheduler: 'sed' goes by open connections, and with onePacket a"
                + " datagram is over once it is sent on, so nearly all of them go to one real server"
                + " (expected: rr or wrr, or mh or sh to keep each client's datagrams together)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"lc", "wlc", "sed", "nq", "lblc", "lblcr", "ovf"})
  void schedulers_that_count_are_warned_about_in_both_planes(String scheduler) throws Exception {
    assertThat(warnings(service("onePacket: true, scheduler: " + scheduler))).hasSize(1);
    assertThat(warnings(service("onePacket: true, transport: ipvs, scheduler: " + scheduler)))
        .hasSize(1);
    assertThat(warnings(service("scheduler: " + scheduler))).as("flows are counted").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rr", "wrr", "swrr", "sh", "mh", "dh", "p2c", "twos", "ewma", "fo"})
  void others_are_not(String scheduler) throws Exception {
    assertThat(warnings(service("onePacket: true, scheduler: " + scheduler))).isEmpty();
  }

  @Test
  void the_default_scheduler_and_flows_without_answers_are_told_too() throws Exception {
    assertThat(warnings(service("udp: { responses: 0 }")))
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.path()).isEqualTo("services[0]");
              assertThat(warning.message())
                  .startsWith("'wlc' goes by")
                  .contains("udp.responses: 0");
            });
    assertThat(warnings(service("udp: { responses: 1 }"))).isEmpty();
    assertThat(
            warnings(
                """
                services:
                  - address: fwmark 7 IPv4
                    udp: { listening: { transparent: true, port: 5353 }, responses: 0 }
                    realServers: [10.0.0.1:53, 10.0.0.2:53]
                """))
        .hasSize(1);
  }

  @Test
  void one_server_has_everything_anyway() throws Exception {
    assertThat(
            warnings(
                """
                services:
                  - { address: "udp 192.0.2.1:53", onePacket: true, realServers: [10.0.0.1:53] }
                """))
        .isEmpty();
  }

  private static String service(String more) {
    return "services:\n  - { address: \"udp 192.0.2.1:53\", "
        + more
        + ", realServers: [10.0.0.1:53, 10.0.0.2:53] }\n";
  }

  private List<Problem> warnings(String text) throws Exception {
    Files.writeString(file, text);
    return ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection).warnings();
  }
}
