package io.jvs.transport.udp;

import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What system calls say, for people. Told by the text of strerror(3), which the JDK and Netty's
 * native transport both pass on.
 */
final class Reasons {
  private static final List<String> KNOWN =
      List.of(
          "cannot assign requested address",
          "address already in use",
          "permission denied",
          "operation not permitted",
          "no such device",
          "too many open files",
          "cannot allocate memory");

  private Reasons() {}

  /** Such as {@code no such device}; the whole message if it is nothing common. */
  static String of(Throwable failure) {
    String all = Objects.toString(failure.getMessage(), failure.getClass().getSimpleName());
    if (failure.getCause() != null && failure.getCause().getMessage() != null) {
      all += ": " + failure.getCause().getMessage();
    }
    String lower = all.toLowerCase(Locale.ROOT);
    for (String known : KNOWN) {
      if (lower.contains(known)) {
        return known;
      }
    }
    return all;
  }

  /** Why a service cannot listen, and what to do about it. */
  static String bind(VirtualService service, InetSocketAddress address, Throwable failure) {
    if (failure instanceof OptionRefused) {
      return refused(service, failure);
    }
    String reason = of(failure);
    String wayOut =
        switch (reason) {
          case "address already in use" ->
              "stop the program that listens there, or use another address or port";
          case "permission denied" ->
              "a port below 1024 needs the right CAP_NET_BIND_SERVICE, or a lower"
                  + " net.ipv4.ip_unprivileged_port_start, or use a higher port";
          case "cannot assign requested address" ->
              "no interface has this address: add it with 'ip address add', or allow it with"
                  + " udp.listening.transparent or net.ipv4.ip_nonlocal_bind=1"
                  + " (net.ipv6.ip_nonlocal_bind=1)";
          case "too many open files" -> "a higher limit of file descriptors (ulimit -n)";
          default -> "an address and port that this machine may listen on";
        };
    return "virtual service '"
        + service.name()
        + "': cannot listen on udp "
        + SocketAddresses.format(address)
        + ": "
        + reason
        + " (way out: "
        + wayOut
        + ")";
  }

  /** An option that is not granted. */
  static String refused(VirtualService service, Throwable failure) {
    return "virtual service '" + service.name() + "': udp." + failure.getMessage();
  }
}
