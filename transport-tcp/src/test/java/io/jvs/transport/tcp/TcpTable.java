package io.jvs.transport.tcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What /proc tells of connections of this machine; see proc_net_tcp.rst of the kernel. */
final class TcpTable {
  private static final Path TABLES = Path.of("/proc/thread-self/net");
  private static final int KEEP_ALIVE = 2;

  private TcpTable() {}

  /** Hundredths of a second until the keep-alive timer of an established socket fires; or -1. */
  static long keepAliveTicks(int localPort, int remotePort) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(TABLES.resolve("tcp")));
    lines.addAll(Files.readAllLines(TABLES.resolve("tcp6"))); // the JDK's are of that family
    for (String line : lines) {
      if (line.contains("local_address")) {
        continue;
      }
      String[] fields = line.trim().split("\\s+", -1);
      if (port(fields[1]) == localPort && port(fields[2]) == remotePort) {
        String[] timer = fields[5].split(":", -1);
        return HexFormat.fromHexDigits(timer[0]) == KEEP_ALIVE
            ? HexFormat.fromHexDigitsToLong(timer[1])
            : -1;
      }
    }
    throw new AssertionError("no connection of " + localPort + " with " + remotePort);
  }

  private static int port(String address) {
    return HexFormat.fromHexDigits(address.substring(address.lastIndexOf(':') + 1));
  }
}
