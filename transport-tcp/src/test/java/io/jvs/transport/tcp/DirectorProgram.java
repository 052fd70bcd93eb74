package io.jvs.transport.tcp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A director with one service. Arguments: engine, most connections (0: as many as fit), server.
 * Says where it listens; then answers each line with its numbers.
 */
final class DirectorProgram {
  private DirectorProgram() {}

  public static void main(String[] arguments) throws Exception {
    TcpTransport.Builder builder =
        TcpTransport.builder()
            .engine(TcpEngine.valueOf(arguments[0]))
            .eventLoopThreads(2)
            .backlog(4096);
    int max = Integer.parseInt(arguments[1]);
    if (max > 0) {
      builder.maxConnections(max);
    }
    InetSocketAddress address = Sockets.freeAddress();
    VirtualService service =
        VirtualService.tcp(address)
            .name("web")
            .realServer(RealServer.of(SocketAddresses.parse(arguments[2])))
            .build();
    TcpTransport transport = builder.build();
    LoadBalancer balancer = LoadBalancer.of(service);
    transport.apply(List.of(new Assignment(service, balancer)));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(SocketAddresses.format(address));
    while (in.readLine() != null) {
      System.out.println(numbers(transport, balancer));
    }
    transport.close();
  }

  private static String numbers(TcpTransport transport, LoadBalancer balancer) {
    TcpStatus status = transport.status();
    return status.connections()
        + " "
        + balancer.status().connections()
        + " "
        + status.maxConnections()
        + " "
        + status.refusedWhenFull()
        + " "
        + status.acceptFailures();
  }

  /** What it answers. */
  record Numbers(int connections, int counted, int max, long refused, long acceptFailures) {
    static Numbers of(ChildJvm director) throws java.io.IOException {
      long[] all =
          java.util.Arrays.stream(director.ask("?").split(" ", -1))
              .mapToLong(Long::parseLong)
              .toArray();
      return new Numbers((int) all[0], (int) all[1], (int) all[2], all[3], all[4]);
    }
  }
}
