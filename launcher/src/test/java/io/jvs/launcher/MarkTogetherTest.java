package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A firewall mark that is TCP and UDP together: dig asks real name servers by both through TPROXY,
 * in a network of its own, and each client meets the same server by either.
 */
@Timeout(180)
class MarkTogetherTest {
  /**
   * Half of the clients begin with UDP and half with TCP, and the second round goes backwards: two
   * load balancers that take turns each for itself would not agree.
   */
  private static final String SCRIPT =
      """
      set -e
      directory=$1
      shift
      cd "$directory"
      ip link set lo up
      for i in 1 2 3 4 5 6 7 8; do ip addr add 10.1.0.$i/24 dev lo; done
      ip rule add fwmark 1 lookup 100
      ip route add local default dev lo table 100
      ip route add local 192.0.2.0/24 dev lo
      nft -f - <<RULES
      table ip jvs {
        chain to_jvs {
          type filter hook prerouting priority mangle;
          ip daddr 192.0.2.0/24 tcp dport 53 meta mark set 1 tproxy to :50080
          ip daddr 192.0.2.0/24 udp dport 53 meta mark set 1 tproxy to :50080
        }
      }
      RULES
      started=
      trap 'kill $started' EXIT
      for i in 1 2 3; do
        dnsmasq --no-daemon --conf-file=/dev/null --pid-file= \\
          --listen-address=127.0.0.1$i --bind-interfaces --no-resolv --no-hosts \\
          --host-record=who.example.test,10.0.0.$i > dnsmasq$i.log 2>&1 &
        started="$started $!"
      done
      "$@" run mark.yaml > jvs.log 2>&1 &
      started="$started $!"
      until grep -q ready: jvs.log; do kill -0 $!; sleep 0.1; done
      ask() {
        echo "client 10.1.0.$1 $(dig $2 +short +tries=2 +time=3 -b 10.1.0.$1 @192.0.2.$1 who.example.test)"
      }
      for i in 1 3 5 7; do ask $i +notcp; done
      for i in 2 4 6 8; do ask $i +tcp; done
      for i in 8 6 4 2; do ask $i +notcp; done
      for i in 7 5 3 1; do ask $i +tcp; done
      """;

  @Test
  void a_client_meets_one_server_by_tcp_and_udp(@TempDir Path directory) throws Exception {
    Programs.require("dnsmasq", "dig", "nft");
    assumeTrue(
        Programs.start(
                    directory.resolve("probe.log"),
                    List.of("unshare", "-rn", "nft", "list", "tables"))
                .waitFor()
            == 0,
        "no right to make network namespaces");
    Files.writeString(
        directory.resolve("mark.yaml"),
        """
        control: mark.sock
        drain: 0s
        services:
          - name: dns
            address: fwmark 7 IPv4
            scheduler: rr
            persistence: 5m
            tcp: { listening: { transparent: true, port: 50080 } }
            udp: { responses: 1, listening: { transparent: true, port: 50080 } }
            realServers: ["127.0.0.11:53", "127.0.0.12:53", "127.0.0.13:53"]
        """);
    Path out = directory.resolve("out");
    List<String> command = new ArrayList<>(List.of("unshare", "-rn"));
    Path script = Files.writeString(directory.resolve("mark.sh"), SCRIPT);
    command.addAll(List.of("bash", script.toString(), directory.toString()));
    command.addAll(JvsProcess.command());
    Process process = Programs.start(out, command);
    try {
      assertThat(process.waitFor()).as("%s", Files.readString(out)).isZero();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    Map<String, Set<String>> servers = new HashMap<>();
    Files.readAllLines(out).stream()
        .filter(line -> line.startsWith("client "))
        .map(line -> line.split(" ", -1))
        .forEach(
            words -> servers.computeIfAbsent(words[1], client -> new HashSet<>()).add(words[2]));
    assertThat(servers).hasSize(8).allSatisfy((client, of) -> assertThat(of).hasSize(1));
    assertThat(new HashSet<>(servers.values())).as("they are shared out").hasSize(3);
    assertThat(Files.readString(directory.resolve("jvs.log"))).doesNotContain(" ERROR ");
  }
}
