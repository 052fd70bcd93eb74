package io.jvs.benchmarks.proxy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.udp.UdpEngine;
import io.jvs.transport.udp.UdpStatus;
import io.jvs.transport.udp.UdpTransport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A program that is a UDP transport of JVS with one loop: {@code ENGINE MAX_FLOWS
 * PORT=SERVER,SERVER...}. Answers lines: {@code status}, and {@code heap}, which collects garbage
 * first. Ends with its input.
 */
public final class UdpRelay {
  private UdpRelay() {}

  /** See above. */
  public static void main(String[] arguments) throws IOException {
    UdpTransport transport =
        UdpTransport.builder()
            .engine(UdpEngine.valueOf(arguments[0].toUpperCase(Locale.ROOT)))
            .maxFlows(Integer.parseInt(arguments[1]))
            .eventLoopThreads(1)
            .build();
    List<Assignment> services = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      VirtualService service = service(arguments[i].split("=", 2));
      services.add(new Assignment(service, LoadBalancer.builder(service).build()));
    }
    transport.apply(services);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(line.equals("heap") ? heap() : status(transport.status()));
    }
    transport.close(Duration.ZERO);
  }

  private static VirtualService service(String[] portAndServers) {
    InetSocketAddress address =
        new InetSocketAddress(
            InetAddress.getLoopbackAddress(), Integer.parseInt(portAndServers[0]));
    VirtualService.Builder service =
        VirtualService.udp(address).name("at " + portAndServers[0]).scheduler("wlc");
    for (String server : portAndServers[1].split(",", -1)) {
      service.realServer(RealServer.of(server));
    }
    return service.build();
  }

  private static String heap() {
    System.gc();
    return "heap=" + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static String status(UdpStatus status) {
    StringBuilder out = new StringBuilder();
    out.append("flows=").append(status.flows());
    out.append(" evicted=").append(status.evicted());
    out.append(" ports=").append(status.sourcePorts());
    status.drops().forEach((why, count) -> out.append(' ').append(why).append('=').append(count));
    return out.toString();
  }
}
