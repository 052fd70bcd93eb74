package io.jvs.kernel.doctor;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a host say. What cannot be read counts as absent; the kernel hides some from
 * processes of other namespaces.
 */
final class HostFacts {
  private static final int CAP_NET_ADMIN = 12; // linux/capability.h
  private static final HexFormat HEX = HexFormat.of();

  private final Path root;

  /**
   * @param root {@code /}, or a directory with copies of its files
   */
  HostFacts(Path root) {
    this.root = root;
  }

  /** The text of a file without the line's end, or null. */
  @Nullable String text(String path) {
    try {
      return Files.readString(root.resolve(path)).strip();
    } catch (IOException e) {
      return null;
    }
  }

  private List<String> lines(String path) {
    String text = text(path);
    return text == null || text.isEmpty() ? List.of() : text.lines().toList();
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }

  /**
   * A number of /proc/sys, or -1 if there is none.
   *
   * @param name with slashes, since names of interfaces may hold dots
   */
  int sysctl(String name) {
    String text = text("proc/sys/" + name);
    try {
      return text == null ? -1 : Integer.parseInt(text.split("\\s+", -1)[0]);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The interfaces that have IPv4 settings, and {@code all} and {@code default}. */
  List<String> interfaces() {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> each =
        Files.newDirectoryStream(root.resolve("proc/sys/net/ipv4/conf"))) {
      each.forEach(path -> names.add(String.valueOf(path.getFileName())));
    } catch (IOException e) {
      return List.of();
    }
    names.removeAll(List.of("all", "default"));
    names.sort(null);
    return names;
  }

  /** The effective capabilities as the kernel prints them, or null. */
  @Nullable String capabilities() {
    for (String line : lines("proc/self/status")) {
      if (line.startsWith("CapEff:")) {
        return line.substring(7).strip();
      }
    }
    return null;
  }

  boolean mayAdministerNetwork() {
    String text = capabilities();
    return text != null && (HexFormat.fromHexDigitsToLong(text) >> CAP_NET_ADMIN & 1) != 0;
  }

  /** Whether the user namespace is the initial one: it maps every user to itself. */
  boolean inInitialUserNamespace() {
    String text = text("proc/self/uid_map");
    return text != null && text.matches("0\\s+0\\s+4294967295");
  }

  String kernel() {
    String release = text("proc/sys/kernel/osrelease");
    return release == null ? "" : release;
  }

  boolean isLoaded(String module) {
    return exists("sys/module/" + module)
        || lines("proc/modules").stream().anyMatch(line -> line.startsWith(module + " "));
  }

  /** Whether it is built in or in a file of its own; null if nothing tells. */
  @Nullable Boolean isLoadable(String module) {
    String directory = "lib/modules/" + kernel() + "/";
    List<String> known = new ArrayList<>(lines(directory + "modules.dep"));
    if (known.isEmpty()) {
      return null;
    }
    known.addAll(lines(directory + "modules.builtin"));
    return known.stream()
        .map(line -> line.split(":", 2)[0])
        .anyMatch(path -> path.matches(".*/" + module + "\\.ko(\\.\\w+)?"));
  }

  /** All addresses that the host takes packets for. */
  Set<InetAddress> localAddresses() {
    Set<InetAddress> local = new HashSet<>();
    String last = "";
    for (String line : lines("proc/net/fib_trie")) {
      if (line.contains("|-- ")) {
        last = line.substring(line.indexOf("|-- ") + 4).strip();
      } else if (line.contains("host LOCAL")) {
        local.add(SocketAddresses.parseIp(last));
      }
    }
    for (String line : lines("proc/net/if_inet6")) {
      local.add(address(HEX.parseHex(line.substring(0, 32))));
    }
    return local;
  }

  /**
   * A line of the routing table.
   *
   * @param direct whether its addresses are on the interface's own network
   */
  record Route(InetAddress network, int prefix, boolean direct, String networkInterface) {
    boolean contains(InetAddress address) {
      byte[] one = network.getAddress();
      byte[] other = address.getAddress();
      if (one.length != other.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        if (((one[bit / 8] ^ other[bit / 8]) & 0x80 >> bit % 8) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** Where packets to an address go, or null if nowhere; rules of policy routing are not seen. */
  @Nullable Route route(InetAddress address) {
    Route best = null;
    for (Route each : routes()) {
      if (each.contains(address) && (best == null || each.prefix() > best.prefix())) {
        best = each;
      }
    }
    return best;
  }

  private List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String line : lines("proc/net/route")) {
      String[] columns = line.split("\\s+", -1);
      if (columns.length > 7 && columns[1].matches("[0-9A-Fa-f]{8}")) {
        int mask = Integer.bitCount(Integer.parseUnsignedInt(columns[7], 16));
        boolean direct = columns[2].equals("00000000");
        routes.add(
            new Route(address(reversed(HEX.parseHex(columns[1]))), mask, direct, columns[0]));
      }
    }
    for (String line : lines("proc/net/ipv6_route")) {
      String[] columns = line.split("\\s+", -1);
      if (columns.length > 9 && !columns[9].equals("lo")) {
        int prefix = Integer.parseInt(columns[1], 16);
        boolean direct = columns[4].matches("0+");
        routes.add(new Route(address(HEX.parseHex(columns[0])), prefix, direct, columns[9]));
      }
    }
    return routes;
  }

  /** IPv4 neighbours: whether they answer. */
  Map<InetAddress, Boolean> neighbours() {
    Map<InetAddress, Boolean> neighbours = new HashMap<>();
    for (String line : lines("proc/net/arp")) {
      String[] columns = line.split("\\s+", -1);
      if (columns.length > 5 && columns[2].startsWith("0x")) {
        neighbours.put(SocketAddresses.parseIp(columns[0]), !columns[2].equals("0x0"));
      }
    }
    return neighbours;
  }

  /** In bytes, or -1. Not from /sys, which may show another network namespace. */
  int mtu(String networkInterface) {
    return sysctl("net/ipv6/conf/" + networkInterface + "/mtu");
  }

  boolean hasInterface(String name) {
    return exists("proc/sys/net/ipv4/conf/" + name);
  }

  private static byte[] reversed(byte[] littleEndian) {
    byte[] bytes = new byte[littleEndian.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = littleEndian[bytes.length - 1 - i];
    }
    return bytes;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for wrong lengths
    }
  }
}
