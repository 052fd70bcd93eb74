package io.jvs.transport.listening;

import java.io.IOException;

/** An option of a transport that this machine does not grant; the message says why. */
public final class OptionRefused extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param what the option, as in a configuration file
   */
  public OptionRefused(String what, Exception cause) {
    super(message(what, SystemReasons.of(cause)), cause);
  }

  private static String message(String what, String reason) {
    return what + ": " + reason + " (way out: " + wayOut(reason) + ")";
  }

  private static String wayOut(String reason) {
    return switch (reason) {
      case "operation not permitted" ->
          "the right CAP_NET_ADMIN or CAP_NET_RAW, as root has, or leave it out";
      case "no such device" -> "a device of 'ip link', in the network namespace of this process";
      case "cannot assign requested address" ->
          "an address of this machine: add it with 'ip address add', or allow it with"
              + " net.ipv4.ip_nonlocal_bind=1 (net.ipv6.ip_nonlocal_bind=1)";
      default -> "a kernel that takes it, or leave it out";
    };
  }
}
