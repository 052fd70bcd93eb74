package io.jvs.checks.icmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.model.SocketAddresses;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real pings, in a network namespace of their own, as the machine's may not permit them. */
@Timeout(170)
class IcmpEchoTest {
  /** Everything here is gone with the last process in the namespace. */
  private static final String NETWORK =
      """
      set -e
      ip link set lo up
      ip link add v0 type veth peer name v1
      ip addr add 10.9.0.1/24 dev v0
      ip link set v0 up
      ip link set v1 up
      ip route add unreachable 192.0.2.1/32
      ip route add prohibit 192.0.2.2/32
      echo 50 > /proc/sys/net/ipv4/neigh/v0/retrans_time_ms
      exec "$@"
      """;

  @Test
  void real_pings() throws Exception {
    List<String> isolated = isolated();
    assumeTrue(!isolated.isEmpty(), "no network namespace of one's own is permitted here");
    List<String> command = new ArrayList<>(isolated);
    command.addAll(List.of("sh", "-c", NETWORK, "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PingWorld.class.getName());
    String printed = run(command);
    System.out.print(printed);
    assertThat(printed.lines().filter(line -> line.startsWith("icmp | ")).toList())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo(
                        "icmp | a group that may not | failed | ping sockets are not permitted to"
                            + " this process's group: net.ipv4.ping_group_range is 1 0 (expected: a"
                            + " range with the group in it; as root: sysctl -w"
                            + " net.ipv4.ping_group_range='0 2147483647')"),
            line -> assertThat(line).isEqualTo("icmp | loopback | passed | echo reply"),
            line -> assertThat(line).isEqualTo("icmp | loopback IPv6 | passed | echo reply"),
            line -> assertThat(line).isEqualTo("icmp | own address | passed | echo reply"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "icmp | address of somebody else | failed | the local address"
                            + " 198.51.100.7 is not one of this machine's"),
            line -> assertThat(line).isEqualTo("icmp | no network | failed | network unreachable"),
            line ->
                assertThat(line).isEqualTo("icmp | unreachable route | failed | host unreachable"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "icmp | prohibited route | failed | administratively prohibited on the"
                            + " way"),
            line ->
                assertThat(line)
                    .isEqualTo("icmp | nobody at the address | failed | host unreachable"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "icmp | silent | failed | timed out after 200ms waiting for an echo reply"),
            line ->
                assertThat(line)
                    .isEqualTo(
                        "icmp | silent IPv6 | failed | timed out after 200ms waiting for an echo"
                            + " reply"),
            line ->
                assertThat(line)
                    .startsWith("icmp | 10000 servers at once | 10000 passed | 1 thread; "));
  }

  @Test
  void another_system_is_told_so() {
    String system = System.getProperty("os.name");
    System.setProperty("os.name", "Plan 9");
    try {
      assertThatThrownBy(() -> PingSocket.open(SocketAddresses.parseIp("127.0.0.1"), null))
          .hasMessage(
              "ICMP echo is done on Linux only, and this is Plan 9; use another check, such as"
                  + " tcp-connect");
    } finally {
      System.setProperty("os.name", system);
    }
  }

  /** How to get there: at once for root, by a user namespace for others; else empty. */
  private static List<String> isolated() {
    List<List<String>> ways =
        List.of(
            List.of("unshare", "--net"), List.of("unshare", "--user", "--map-root-user", "--net"));
    List<String> way =
        ways.stream()
            .filter(
                each -> {
                  try {
                    run(Stream.concat(each.stream(), Stream.of("true")).toList());
                    return true;
                  } catch (Exception | AssertionError e) {
                    return false;
                  }
                })
            .findFirst()
            .orElse(List.of());
    if (way.isEmpty()) {
      String hint = "skipped: real pings; unshare(1) cannot make a network namespace";
      assertThat(System.getenv("CI")).as(hint).isNull();
      System.out.println(hint);
    }
    return way;
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as("%s: %s", command.get(0), output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
