package io.jvs.transport.tcp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether the system lets servers take data in a SYN. If not, the kernel takes the option without a
 * word and does nothing; tcp_fastopen in Documentation/networking/ip-sysctl.rst of Linux.
 */
final class FastOpenSwitch {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final Path SWITCH = Path.of("/proc/sys/net/ipv4/tcp_fastopen");
  private static final int SERVER = 2;

  private FastOpenSwitch() {}

  /** Warns if the service wants what the system does not do. */
  static void check(String service, TcpOptions options) {
    if (options.listening().fastOpen() != 0 && isOff()) {
      LOG.log(
          Level.WARNING,
          "{0}: listening.fastOpen has no effect, as the system does not let servers do it (way"
              + " out: sysctl net.ipv4.tcp_fastopen=3)",
          service);
    }
  }

  private static boolean isOff() {
    try {
      return (Integer.decode(Files.readString(SWITCH).trim()) & SERVER) == 0;
    } catch (IOException | NumberFormatException e) { // nobody knows, so nobody is warned
      return false;
    }
  }
}
