package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.lab.InLab;
import io.jvs.lab.Topology;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Two directors that JVS has set up to tell one another of connections. */
@InLab
class SyncLabTest {
  @Test
  void an_open_connection_survives_the_move_to_the_other_director() throws Exception {
    try (Topology net = Topology.of(Topology.Method.NAT).twoDirectors().here().withoutIpv6().up()) {
      List<String> servers =
          List.of(net.address("s1") + ":80", net.address("s2") + ":80", net.address("s3") + ":80");
      Process backup =
          net.start(
              "d2",
              DirectorProcess.command(
                      Topology.VIP,
                      "80",
                      servers.get(0),
                      servers.get(1),
                      servers.get(2),
                      "eth0",
                      "backup")
                  .toArray(String[]::new));
      DirectorProcess.awaitReady(backup);
      assertThat(net.exec("d2", "ipvsadm", "-L", "--daemon")).contains("backup sync daemon");
      IpvsTransport master =
          IpvsTransport.builder()
              .sync(new SyncDaemon(SyncDaemon.Role.MASTER, 21, "eth0", 0, null, 0, 0))
              .build();
      try (Client client = new Client(net)) {
        VirtualService web = DirectorProcess.service(Topology.VIP, 80, servers);
        master.apply(List.of(new Assignment(web, LoadBalancer.of(web))));
        assertThat(Shell.sh("ipvsadm -L --daemon")).contains("master sync daemon", "syncid=21");
        client.connect();
        String server = client.ask();
        for (int packets = 0; packets < 4; packets++) { // it is told from the third packet on
          assertThat(client.ask()).isEqualTo(server);
        }
        awaitConnection(net);

        net.failover();

        assertThat(client.ask()).isEqualTo(server);
      } finally {
        master.close(Duration.ZERO);
        backup.getOutputStream().close();
        assertThat(backup.waitFor(10, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(Shell.sh("ipvsadm -L --daemon")).isEmpty();
    }
  }

  private static void awaitConnection(Topology net) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!net.exec("d2", "ipvsadm", "-Lcn").contains("ESTABLISHED")) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("the backup has not heard of the connection");
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** One TCP connection of c1, held by a shell. */
  private static final class Client implements AutoCloseable {
    private final Process shell;
    private final BufferedReader answers;

    Client(Topology net) {
      shell =
          net.start(
              "c1",
              "bash",
              "-c",
              "read go; exec 3<>/dev/tcp/"
                  + Topology.VIP
                  + "/80; while read line; do echo $line >&3;"
                  + " read -t 10 answer <&3; echo \"$answer\"; done");
      answers = shell.inputReader();
    }

    void connect() throws IOException {
      write("go");
    }

    /** The name of the real server that answers. */
    String ask() throws IOException {
      write("hello");
      String line = answers.readLine();
      assertThat(line).as("an answer").matches("s[0-9] .*hello");
      return line.split(" ", 2)[0];
    }

    private void write(String line) throws IOException {
      shell.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      shell.getOutputStream().flush();
    }

    @Override
    public void close() {
      shell.destroy();
    }
  }
}
