package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import io.jvs.model.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;

/** What a service of the kernel is known by (ip_vs_service_find). */
public sealed interface ServiceKey {
  /** Of the clients. */
  AddressFamily family();

  /**
   * Protocol, address and port.
   *
   * @param protocol number of the IP protocol, 0 to 65535: 6 TCP, 17 UDP, 132 SCTP; the kernel
   *     takes others too and never uses them
   * @param address where packets arrive
   * @param port 0 to 65535; 0 is all ports
   */
  record Address(int protocol, InetAddress address, int port) implements ServiceKey {
    public Address {
      Range.check("protocol", protocol, 0xffff);
      Range.check("port", port, 0xffff);
    }

    @Override
    public AddressFamily family() {
      return AddressFamily.of(address);
    }

    /** As ipvsadm(8) prints it: {@code TCP 10.0.0.100:80}, {@code UDP [2001:db8::1]:53}. */
    @Override
    public String toString() {
      String ip = SocketAddresses.format(address);
      return protocolName()
          + " "
          + (address instanceof Inet6Address ? "[" + ip + "]" : ip)
          + ":"
          + port;
    }

    private String protocolName() {
      return switch (protocol) {
        case TCP -> "TCP";
        case UDP -> "UDP";
        case SCTP -> "SCTP";
        default -> "protocol " + protocol;
      };
    }
  }

  /**
   * A firewall mark, whatever protocol, address and port carry it.
   *
   * @param mark 1 to 4294967295
   */
  record Mark(long mark, AddressFamily family) implements ServiceKey {
    public Mark {
      if (mark < 1 || mark > 0xffff_ffffL) {
        throw new IllegalArgumentException(
            "firewall mark " + mark + " (expected: 1 to 4294967295)");
      }
    }

    /** As ipvsadm(8) prints it: {@code FWM 5}, {@code FWM 5 IPv6}. */
    @Override
    public String toString() {
      return "FWM " + mark + (family == AddressFamily.IPV6 ? " IPv6" : "");
    }
  }

  int TCP = 6;
  int UDP = 17;
  int SCTP = 132;
}
