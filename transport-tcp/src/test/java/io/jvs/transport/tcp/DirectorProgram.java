package io.jvs.transport.tcp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A director with one service. Arguments: engine, most connections (0: as many as fit), servers, of
 * which the first gets all as long as it can be reached. Says where it listens; then answers each
 * line with its numbers, or, if that is what is asked, with its memory.
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
    VirtualService.Builder definition = VirtualService.tcp(address).name("web").scheduler("fo");
    for (int i = 2; i < arguments.length; i++) {
      RealServer server = RealServer.of(SocketAddresses.parse(arguments[i]));
      definition.realServer(server.withWeight(arguments.length - i));
    }
    VirtualService service = definition.build();
    TcpTransport transport = builder.build();
    LoadBalancer balancer = LoadBalancer.of(service);
    transport.apply(List.of(new Assignment(service, balancer)));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println(SocketAddresses.format(address));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(line.equals("memory") ? memory() : numbers(transport, balancer));
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

  private static String memory() {
    System.gc();
    long direct =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
    long buffers =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return direct + " " + buffers + " " + heap;
  }

  /**
   * Bytes.
   *
   * @param netty of its allocator, outside the heap
   * @param buffers of the JDK's pools of buffers
   * @param heap after a collection
   */
  record Memory(long netty, long buffers, long heap) {
    static Memory of(ChildJvm director) throws java.io.IOException {
      long[] all =
          java.util.Arrays.stream(director.ask("memory").split(" ", -1))
              .mapToLong(Long::parseLong)
              .toArray();
      return new Memory(all[0], all[1], all[2]);
    }
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
