package io.jvs.transport.listening;

import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;

/** Why a service that nobody objects to cannot listen on this machine, for people. */
public final class ListeningFailures {
  private ListeningFailures() {}

  /** Why binding failed, and what to do about it. */
  public static String bind(ServiceSockets sockets, InetSocketAddress address, Throwable failure) {
    if (failure instanceof OptionRefused) {
      return refused(sockets, failure);
    }
    String reason = SystemReasons.of(failure);
    return "virtual service '"
        + sockets.service().name()
        + "': cannot listen on "
        + sockets.protocol()
        + " "
        + SocketAddresses.format(address)
        + ": "
        + reason
        + " (way out: "
        + wayOut(reason, sockets.protocol())
        + ")";
  }

  private static String wayOut(String reason, Protocol protocol) {
    return switch (reason) {
      case "address already in use" ->
          "stop the program that listens there, or use another address or port";
      case "permission denied" ->
          "a port below 1024 needs the right CAP_NET_BIND_SERVICE, or a lower"
              + " net.ipv4.ip_unprivileged_port_start, or use a higher port";
      case "cannot assign requested address" ->
          "no interface has this address: add it with 'ip address add', or allow it with "
              + (protocol == Protocol.UDP ? "udp.listening.transparent or " : "")
              + "net.ipv4.ip_nonlocal_bind=1 (net.ipv6.ip_nonlocal_bind=1)";
      case "too many open files" -> "a higher limit of file descriptors (ulimit -n)";
      default -> "an address and port that this machine may listen on";
    };
  }

  /** An option that is not granted. */
  public static String refused(ServiceSockets sockets, Throwable failure) {
    return "virtual service '"
        + sockets.service().name()
        + "': "
        + sockets.protocol()
        + "."
        + failure.getMessage();
  }
}
