package io.jvs.model;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What clients of a virtual service talk to. */
public sealed interface VirtualAddress {

  /** The family of the clients, or IPv4 where there is no address at all. */
  AddressFamily family();

  /**
   * Whether two services may not have these addresses at the same time. One for all ports may stand
   * beside others: it takes what they leave (ip_vs_service_find).
   */
  default boolean meets(VirtualAddress other) {
    if (this instanceof Endpoint a && other instanceof Endpoint b) {
      return a.ports().isAll() == b.ports().isAll() && a.overlaps(b);
    }
    return this instanceof FirewallMark && equals(other);
  }

  /** A single TCP port, such as {@code tcp("192.0.2.10", 80)}; port 0 is all ports. */
  static Endpoint tcp(String ip, int port) {
    return new Endpoint(Protocol.TCP, SocketAddresses.parseIp(ip), PortRange.of(port));
  }

  /** A single UDP port; port 0 is all ports. */
  static Endpoint udp(String ip, int port) {
    return new Endpoint(Protocol.UDP, SocketAddresses.parseIp(ip), PortRange.of(port));
  }

  /** A single port of a resolved address. */
  static Endpoint of(Protocol protocol, InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          "virtual address '"
              + SocketAddresses.format(address)
              + "' is a host name (expected: an IP address; resolve it first)");
    }
    return new Endpoint(protocol, address.getAddress(), PortRange.of(address.getPort()));
  }

  /** All packets that the firewall marked so, whatever their protocol, address and port. */
  static FirewallMark firewallMark(long mark, AddressFamily family) {
    return new FirewallMark(mark, family);
  }

  /** Nothing: the service is used by calls in this process only. */
  static None none() {
    return None.INSTANCE;
  }

  /**
   * Protocol, address and ports.
   *
   * @param address where packets arrive; the wildcard address means every local address
   */
  record Endpoint(Protocol protocol, InetAddress address, PortRange ports)
      implements VirtualAddress {

    @Override
    public AddressFamily family() {
      return AddressFamily.of(address);
    }

    /** Address and first port, for a transport to listen on. */
    public InetSocketAddress socketAddress() {
      return new InetSocketAddress(address, ports.first());
    }

    /** Whether some packet could belong to both. The wildcard address meets all of its family. */
    public boolean overlaps(Endpoint other) {
      boolean sameAddress =
          address.equals(other.address)
              || (family() == other.family()
                  && (address.isAnyLocalAddress() || other.address.isAnyLocalAddress()));
      boolean samePorts =
          ports.isAll()
              || other.ports.isAll()
              || (ports.first() <= other.ports.last() && other.ports.first() <= ports.last());
      return protocol == other.protocol && sameAddress && samePorts;
    }

    /** {@code tcp 192.0.2.10:80}. */
    @Override
    public String toString() {
      String ip = SocketAddresses.format(address);
      return protocol + " " + (address instanceof Inet6Address ? "[" + ip + "]" : ip) + ":" + ports;
    }
  }

  /**
   * A firewall mark, set by nftables or iptables before IPVS sees the packet.
   *
   * @param mark 1 to 4294967295
   */
  record FirewallMark(long mark, AddressFamily family) implements VirtualAddress {
    public FirewallMark {
      if (mark < 1 || mark > 0xFFFF_FFFFL) {
        throw new IllegalArgumentException(
            "firewall mark " + mark + " (expected: 1 to 4294967295)");
      }
    }

    /** {@code fwmark 7 IPv4}. */
    @Override
    public String toString() {
      return "fwmark " + mark + " " + family;
    }
  }

  /** No address; see {@link #none()}. */
  record None() implements VirtualAddress {
    private static final None INSTANCE = new None();

    @Override
    public AddressFamily family() {
      return AddressFamily.IPV4;
    }

    @Override
    public String toString() {
      return "in-process";
    }
  }
}
