package io.jvs.checks.tls;

import io.jvs.model.SocketAddresses;
import javax.net.ssl.SNIHostName;

/** Names of servers: those that SNI can carry, and addresses, which it cannot. */
final class ServerName {
  private ServerName() {}

  static boolean isValid(String name) {
    return isAddress(name) || isHostName(name);
  }

  /** RFC 6066 section 3: "Literal IPv4 and IPv6 addresses are not permitted in HostName". */
  static boolean isHostName(String name) {
    if (isAddress(name)) {
      return false;
    }
    try {
      return !new SNIHostName(name).getAsciiName().contains("..");
    } catch (IllegalArgumentException e) { // no name that DNS knows
      return false;
    }
  }

  static boolean isAddress(String name) {
    try {
      SocketAddresses.parseIp(name);
      return true;
    } catch (IllegalArgumentException e) { // a name
      return false;
    }
  }
}
