package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A director in a JVM of its own, to be killed, or to run in another network namespace. */
final class DirectorProcess {
  private DirectorProcess() {}

  /**
   * Carries a service until it is killed or its input ends.
   *
   * @param args the service's address and port, its real servers, and with an interface and {@code
   *     backup} or {@code master} at the end a sync daemon
   */
  public static void main(String[] args) throws IOException {
    IpvsTransport.Builder builder = IpvsTransport.builder();
    int servers = args.length;
    if (args[servers - 1].equals("backup") || args[servers - 1].equals("master")) {
      SyncDaemon.Role role =
          args[servers - 1].equals("backup") ? SyncDaemon.Role.BACKUP : SyncDaemon.Role.MASTER;
      builder.sync(new SyncDaemon(role, 21, args[servers - 2], 0, null, 0, 0));
      servers -= 2;
    }
    VirtualService service =
        service(args[0], Integer.parseInt(args[1]), List.of(args).subList(2, servers));
    IpvsTransport transport = builder.onExit(IpvsTransport.OnExit.LEAVE).build();
    transport.apply(List.of(new Assignment(service, LoadBalancer.of(service))));
    System.out.println("ready");
    System.in.readAllBytes(); // until the input ends
    transport.close(Duration.ZERO);
  }

  static VirtualService service(String vip, int port, List<String> servers) {
    VirtualService.Builder builder = VirtualService.tcp(vip, port).name("web").scheduler("rr");
    servers.forEach(builder::realServer);
    return builder.build();
  }

  /** Waits until it carries its service; what else it says, newer JVMs do, of native code. */
  static void awaitReady(Process director) throws IOException {
    BufferedReader output = director.inputReader(StandardCharsets.UTF_8);
    List<String> said = new ArrayList<>();
    String line;
    do {
      line = output.readLine();
      said.add(line);
    } while (line != null && !line.equals("ready"));
    assertThat(line).as("%s", said).isEqualTo("ready");
  }

  /** The command line of such a director. */
  static List<String> command(String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                DirectorProcess.class.getName()));
    command.addAll(List.of(args));
    return command;
  }
}
