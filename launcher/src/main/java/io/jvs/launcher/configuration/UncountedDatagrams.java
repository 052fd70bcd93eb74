package io.jvs.launcher.configuration;

import io.jvs.model.Protocol;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.UdpOptions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schedulers that look at open connections, where none stays open: a datagram that is over once it
 * is sent on counts for no longer than that. So all servers look idle, and the first of equals, or
 * the heaviest, has nearly everything. It is the same in the kernel, which frees the entry of a
 * one-packet connection with its packet (ip_vs_conn.c, {@code ip_vs_conn_put}).
 *
 * <p>{@code p2c}, {@code twos} and {@code ewma} draw lots before they compare, so that they spread
 * all the same.
 */
final class UncountedDatagrams {
  private static final Set<String> BY_COUNTS =
      Set.of("lc", "wlc", "sed", "nq", "lblc", "lblcr", "ovf");

  private UncountedDatagrams() {}

  /** What happens to the service and the way out, or empty if it is spread as its author thinks. */
  static Optional<String> warning(VirtualService service, Carrier carrier) {
    String scheduler = service.scheduler().name();
    String why = why(service, carrier);
    return why == null || service.realServers().size() < 2 || !BY_COUNTS.contains(scheduler)
        ? Optional.empty()
        : Optional.of(
            "'"
                + scheduler
                + "' goes by open connections, and with "
                + why
                + " a datagram is over once it is sent on, so nearly all of them go to one real"
                + " server (expected: rr or wrr, or mh or sh to keep each client's datagrams"
                + " together)");
  }

  private static @Nullable String why(VirtualService service, Carrier carrier) {
    if (service.onePacket()) {
      return "onePacket";
    }
    boolean userspace = carrier.mayBeUdp() && takesDatagrams(service);
    UdpOptions options = userspace ? service.transportOptions(UdpOptions.class) : null;
    return options != null && options.responses() == 0 ? "udp.responses: 0" : null;
  }

  /** Of a firewall mark the options say it, and there are none without them. */
  private static boolean takesDatagrams(VirtualService service) {
    return !(service.address() instanceof VirtualAddress.Endpoint endpoint)
        || endpoint.protocol() == Protocol.UDP;
  }
}
