package io.jvs.kernel.ipvs;

import io.jvs.director.Director;
import io.jvs.model.Forwarding;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A director in a process of its own: one service by direct routing, and a sync daemon.
 *
 * <p>Arguments: the daemon's role, the VIP and the addresses of the real servers. It prints {@code
 * ready} and lives until its standard input ends.
 */
final class DirectorProgram {
  private DirectorProgram() {}

  /** The program. */
  public static void main(String[] args) throws IOException {
    SyncDaemon.Role role = SyncDaemon.Role.valueOf(args[0].toUpperCase(Locale.ROOT));
    try (Director director = director(role)) {
      director.apply(List.of(service(args[1], List.of(args).subList(2, args.length))));
      System.out.println("ready");
      var unused = System.in.readAllBytes();
    }
  }

  static Director director(SyncDaemon.Role role) {
    return Director.builder()
        .transport(
            IpvsTransport.builder().sync(new SyncDaemon(role, 7, "eth0", 0, null, 0, 0)).build())
        .build();
  }

  static VirtualService service(String vip, List<String> servers) {
    VirtualService.Builder service = VirtualService.tcp(vip, 80).scheduler("rr");
    for (String server : servers) {
      service.realServer(RealServer.of(server + ":80").withForwarding(Forwarding.DR));
    }
    return service.build();
  }
}
