package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A real server of one service as the kernel holds it (struct ip_vs_dest_user_kern). Holds whatever
 * a kernel may answer, also what JVS would never ask for.
 *
 * @param address with the port, which is 0 for the port that the client asked for; what it is known
 *     by within its service
 * @param method how packets get there: {@link #NAT}, {@link #TUNNEL}, {@link #DIRECT_ROUTE}; others
 *     are the kernel's own
 * @param weight 0 to 2147483647
 * @param upper threshold of connections, 0 to 4294967295; 0 for none
 * @param lower likewise, at most {@code upper}
 * @param tunnelType {@link #IPIP}, {@link #GUE}, {@link #GRE}; 0 without a tunnel
 * @param tunnelPort UDP port of GUE, else 0
 * @param tunnelFlags {@link #CHECKSUM} or {@link #REMOTE_CHECKSUM}, or 0
 */
public record IpvsDestination(
    InetSocketAddress address,
    int method,
    int weight,
    long upper,
    long lower,
    int tunnelType,
    int tunnelPort,
    int tunnelFlags) {
  public static final int NAT = 0;
  public static final int LOCAL = 1;
  public static final int TUNNEL = 2;
  public static final int DIRECT_ROUTE = 3;
  public static final int BYPASS = 4;

  public static final int IPIP = 0;
  public static final int GUE = 1;
  public static final int GRE = 2;

  public static final int CHECKSUM = 1;
  public static final int REMOTE_CHECKSUM = 2;

  public IpvsDestination {
    requireIp(address);
    Range.check("upper threshold", upper, Range.U32);
    Range.check("lower threshold", lower, Range.U32);
    Range.check("tunnel type", tunnelType, Range.U8);
    Range.check("tunnel port", tunnelPort, Range.U16);
    Range.check("tunnel flags", tunnelFlags, Range.U16);
  }

  static void requireIp(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "destination "
              + SocketAddresses.format(address)
              + " is a host name (expected: an IP address; resolve it first)");
    }
  }

  /** NAT, weight as given, no thresholds. */
  public static IpvsDestination nat(InetSocketAddress address, int weight) {
    return new IpvsDestination(address, NAT, weight, 0, 0, IPIP, 0, 0);
  }

  public InetAddress ip() {
    return address.getAddress();
  }

  public IpvsDestination withWeight(int newWeight) {
    return new IpvsDestination(
        address, method, newWeight, upper, lower, tunnelType, tunnelPort, tunnelFlags);
  }
}
