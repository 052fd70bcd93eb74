package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.director.Director;
import io.jvs.lab.InLab;
import io.jvs.lab.Topology;
import io.jvs.lab.Topology.Method;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Two directors whose kernels tell each other of connections. */
@InLab
@DisplayNameGeneration(ReplaceUnderscores.class)
class FailoverTest {
  /** Sends each line of its input over one connection and prints the answers. */
  private static final String TALKER =
      """
      import socket, sys
      s = socket.create_connection(('10.2.0.100', 80), 10)
      f = s.makefile('rw')
      for line in sys.stdin:
        f.write(line); f.flush()
        print(f.readline().strip(), flush=True)
      """;

  @Test
  void a_connection_survives_the_move_of_the_VIP_to_the_second_director() throws Exception {
    try (Topology net = Topology.of(Method.DR).withoutIpv6().twoDirectors().here().up();
        Director first = DirectorProgram.director(SyncDaemon.Role.MASTER);
        IpvsTable table = IpvsTable.open()) {
      List<String> servers = List.of(net.address("s1"), net.address("s2"), net.address("s3"));
      first.apply(List.of(DirectorProgram.service(Topology.VIP, servers)));
      assertThat(table.daemons())
          .singleElement()
          .satisfies(
              daemon -> {
                assertThat(daemon.role()).isEqualTo(SyncDaemon.Role.MASTER);
                assertThat(daemon.syncId()).isEqualTo(7);
              });
      Process second = second(net, servers);
      Process client = net.start("c1", "python3", "-u", "-c", TALKER);
      try {
        Talk talk = new Talk(client);
        String server = talk.say("1").substring(0, 2); // such as s1
        for (int i = 2; i <= 6; i++) { // the master tells of a connection at its third packet
          assertThat(talk.say("" + i)).startsWith(server + " ");
        }
        Patience.await(
            "the second director knows the connection",
            () -> net.exec("d2", "cat", "/proc/net/ip_vs_conn_sync").contains("ESTABLISHED"));
        net.failover();
        for (int i = 7; i <= 12; i++) {
          assertThat(talk.say("" + i)).startsWith(server + " ").endsWith(" " + i);
        }
      } finally {
        client.destroy();
        second.getOutputStream().close(); // it removes what it made
        second.waitFor();
      }
      assertThat(net.exec("d2", "ipvsadm", "-Ln", "--daemon").strip()).isEmpty();
    }
    try (IpvsTable table = IpvsTable.open()) {
      assertThat(table.daemons()).isEmpty();
    }
  }

  private static Process second(Topology net, List<String> servers) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(DirectorProgram.class.getName(), "backup", Topology.VIP));
    command.addAll(servers);
    Process process = net.start("d2", command.toArray(String[]::new));
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
      assertThat(line).as("the second director's output before it is ready").isNotNull();
    }
    return process;
  }

  /** Questions and answers over one connection. */
  private record Talk(OutputStream input, BufferedReader output) {
    Talk(Process client) {
      this(client.getOutputStream(), client.inputReader(StandardCharsets.UTF_8));
    }

    String say(String line) throws IOException {
      input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
      String answer = output.readLine();
      assertThat(answer).as("answer to " + line).isNotNull();
      return answer;
    }
  }
}
