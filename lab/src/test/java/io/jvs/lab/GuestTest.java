package io.jvs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tests find in a guest. */
@InLab
class GuestTest {
  @AfterEach
  void empty_the_table() throws IOException {
    ipvsadm("-C");
  }

  @Test
  void the_kernel_has_IPVS_and_takes_orders_by_ipvsadm() throws IOException {
    ipvsadm("-A", "-t", "192.0.2.1:80", "-s", "mh");
    ipvsadm("-a", "-t", "192.0.2.1:80", "-r", "192.0.2.7:8080", "-m", "-w", "3");
    assertThat(ipvsadm("-Ln"))
        .containsPattern("TCP +192.0.2.1:80 mh")
        .containsPattern("-> 192.0.2.7:8080 +Masq +3 +0 +0");
    assertThat(Files.readString(Path.of("/proc/net/ip_vs"))).contains("C0000201:0050 mh");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh"
      })
  void every_scheduler_loads_by_itself(String scheduler) throws IOException {
    ipvsadm("-A", "-t", "192.0.2.1:80", "-s", scheduler);
    assertThat(ipvsadm("-Sn")).isEqualTo("-A -t 192.0.2.1:80 -s " + scheduler + "\n");
  }

  @Test
  void packets_can_be_marked() throws IOException {
    run("iptables -t mangle -A PREROUTING -d 192.0.2.0/24 -j MARK --set-mark 7".split(" "));
    assertThat(run("iptables", "-t", "mangle", "-S")).contains("--set-xmark 0x7/");
    run("iptables", "-t", "mangle", "-F");
  }

  @Test
  void tests_run_as_root_on_the_JDK_of_the_build_and_without_its_agents() {
    assertThat(System.getProperty("user.name")).isEqualTo("root");
    assertThat(System.getProperty("java.home")).isEqualTo(System.getenv("JAVA_HOME"));
    assertThat(Path.of("pom.xml")).exists();
    assertThat(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"))
        .noneMatch(System.getenv()::containsKey);
  }

  private static String ipvsadm(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = "ipvsadm";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return run(command);
  }

  private static String run(String... command) throws IOException {
    Outcome outcome = Outcome.of(new ProcessBuilder(command).redirectErrorStream(true).start());
    assertThat(outcome.status()).as("%s: %s", List.of(command), outcome.output()).isZero();
    return outcome.output();
  }
}
