package io.jvs.model;

/** How packets get from the director to a real server. A transport may refuse what it cannot do. */
public sealed interface Forwarding {
  /** Network address translation: the director rewrites packets both ways ({@code -m}). */
  Forwarding NAT = new Nat();

  /** Direct routing: same segment, the real server owns the virtual address too ({@code -g}). */
  Forwarding DR = new DirectRouting();

  /** IP in IP ({@code -i}). */
  Forwarding TUN = new Tunnel(TunnelType.IPIP, 0, TunnelChecksum.NONE);

  /** Generic UDP encapsulation to a port of the real server ({@code -i --tun-type gue}). */
  static Tunnel gue(int port, TunnelChecksum checksum) {
    return new Tunnel(TunnelType.GUE, port, checksum);
  }

  /** Generic routing encapsulation ({@code -i --tun-type gre}). */
  static Tunnel gre(TunnelChecksum checksum) {
    return new Tunnel(TunnelType.GRE, 0, checksum);
  }

  /** See {@link #NAT}. */
  record Nat() implements Forwarding {
    @Override
    public String toString() {
      return "NAT";
    }
  }

  /** See {@link #DR}. */
  record DirectRouting() implements Forwarding {
    @Override
    public String toString() {
      return "DR";
    }
  }

  /** Outer header of a tunnel. */
  enum TunnelType {
    IPIP,
    GUE,
    GRE
  }

  /** Checksum of the outer header; remote checksum offload exists for GUE only. */
  enum TunnelChecksum {
    NONE,
    CSUM,
    REMCSUM
  }

  /**
   * A tunnel to the real server, which answers the client directly.
   *
   * @param port UDP port of the encapsulation, 1 to 65535; GUE only, else 0
   */
  record Tunnel(TunnelType type, int port, TunnelChecksum checksum) implements Forwarding {
    public Tunnel {
      if (type == TunnelType.GUE ? port < 1 || port > 65_535 : port != 0) {
        throw new IllegalArgumentException(
            "tunnel "
                + type
                + ": port "
                + port
                + " (expected: 1 to 65535 for GUE, 0 for IPIP and GRE, which have none)");
      }
      boolean fits =
          switch (checksum) {
            case NONE -> true;
            case CSUM -> type != TunnelType.IPIP;
            case REMCSUM -> type == TunnelType.GUE;
          };
      if (!fits) {
        throw new IllegalArgumentException(
            "tunnel "
                + type
                + ": checksum "
                + checksum
                + " (expected: NONE for IPIP; NONE or CSUM for GRE; any for GUE)");
      }
    }

    @Override
    public String toString() {
      String details = port == 0 ? "" : " port " + port;
      String sum = checksum == TunnelChecksum.NONE ? "" : " " + checksum;
      return "TUN(" + type + details + sum + ")";
    }
  }
}
