package io.jvs.lab.network;

/**
 * Client, director and real server, a namespace each, wired in a row: 10.1.0.2 and fd01::2 to
 * 10.1.0.1 and fd01::1 (c0); 10.2.0.1 and fd02::1 (s0) to 10.2.0.2 and fd02::2. Both ends have the
 * director as their gateway, which does not forward. The client is to reach the virtual addresses
 * 192.0.2.1 and 2001:db8::1 through it, which it does not have.
 */
public final class ThreeHosts implements AutoCloseable {
  /** For the director: packets with the mark 1 are for itself, whatever their destination. */
  public static final String MARKED_STAY =
      """
      ip rule add fwmark 1 lookup 100
      ip route add local default dev lo table 100
      ip -6 rule add fwmark 1 lookup 100
      ip -6 route add local default dev lo table 100
      """;

  private final Namespace client = Namespace.open("client");
  private final Namespace director = Namespace.open("director");
  private final Namespace server = Namespace.open("server");

  /** Wires them; skips the test where that is not permitted, or a command is missing. */
  public ThreeHosts() {
    client.wire("d0", "10.1.0.2/24 fd01::2/64", director, "c0", "10.1.0.1/24 fd01::1/64");
    server.wire("d0", "10.2.0.2/24 fd02::2/64", director, "s0", "10.2.0.1/24 fd02::1/64");
    client.sh("ip route add default via 10.1.0.1; ip -6 route add default via fd01::1");
    server.sh("ip route add default via 10.2.0.1; ip -6 route add default via fd02::1");
  }

  /** Where clients are. */
  public Namespace client() {
    return client;
  }

  /** Between the others. */
  public Namespace director() {
    return director;
  }

  /** Where real servers are. */
  public Namespace server() {
    return server;
  }

  @Override
  public void close() {
    client.close();
    director.close();
    server.close();
  }
}
