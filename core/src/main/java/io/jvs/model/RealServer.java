package io.jvs.model;

import java.net.InetSocketAddress;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A machine behind a virtual service, as the operator wants it. Live counts are in the load
 * balancer.
 *
 * @param address where it listens (RIP and port), or an unresolved host name; its identity within
 *     the service. Port 0 keeps the port the client asked for
 * @param weight share of new connections relative to its neighbours, 0 to {@value #MAX_WEIGHT}; 0
 *     quiesces it: nothing new, present connections go on (ipvsadm(8), {@code -w})
 * @param forwarding how packets get there; a transport may refuse a method it cannot do
 * @param limits when it counts as full
 * @param metadata what policies, dashboards or the application want to know, such as {@code zone}
 * @param health how it is checked, or null for as the service says
 */
public record RealServer(
    InetSocketAddress address,
    int weight,
    Forwarding forwarding,
    ConnectionLimits limits,
    Map<String, String> metadata,
    @Nullable HealthDeclaration health) {
  /** What ipvsadm(8) takes; small enough that load times weight cannot overflow a long. */
  public static final int MAX_WEIGHT = 65_535;

  /** The key of the metadata that says in which zone the server stands. */
  public static final String ZONE = "zone";

  public RealServer {
    if (weight < 0 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "real server "
              + SocketAddresses.format(address)
              + ": weight "
              + weight
              + " (expected: 0 to "
              + MAX_WEIGHT
              + "; 0 quiesces it)");
    }
    if (!address.isUnresolved()
        && (address.getAddress().isAnyLocalAddress()
            || address.getAddress().isMulticastAddress())) {
      throw new IllegalArgumentException(
          "real server "
              + SocketAddresses.format(address)
              + ": wildcard or multicast address (expected: the address of one machine)");
    }
    metadata = Map.copyOf(metadata);
  }

  /** Checked as the service says. */
  public RealServer(
      InetSocketAddress address,
      int weight,
      Forwarding forwarding,
      ConnectionLimits limits,
      Map<String, String> metadata) {
    this(address, weight, forwarding, limits, metadata, null);
  }

  /** Weight 1, NAT, no limits. The text is {@code HOST:PORT}, see {@link SocketAddresses#parse}. */
  public static RealServer of(String address) {
    return of(SocketAddresses.parse(address));
  }

  /** Weight 1, NAT, no limits. */
  public static RealServer of(InetSocketAddress address) {
    return new RealServer(address, 1, Forwarding.NAT, ConnectionLimits.NONE, Map.of());
  }

  public RealServer withWeight(int newWeight) {
    return new RealServer(address, newWeight, forwarding, limits, metadata, health);
  }

  public RealServer withForwarding(Forwarding newForwarding) {
    return new RealServer(address, weight, newForwarding, limits, metadata, health);
  }

  public RealServer withLimits(ConnectionLimits newLimits) {
    return new RealServer(address, weight, forwarding, newLimits, metadata, health);
  }

  public RealServer withMetadata(Map<String, String> newMetadata) {
    return new RealServer(address, weight, forwarding, limits, newMetadata, health);
  }

  /** Null for as the service says. */
  public RealServer withHealth(@Nullable HealthDeclaration newHealth) {
    return new RealServer(address, weight, forwarding, limits, metadata, newHealth);
  }

  /** The zone it stands in, from its metadata; null if that does not say. */
  public @Nullable String zone() {
    return metadata.get(ZONE);
  }

  /** Its address as text, such as {@code 10.0.0.1:80}: how logs, metrics and commands name it. */
  public String name() {
    return SocketAddresses.format(address);
  }

  /** {@code 10.0.0.1:80 weight 3 NAT}, then limits and metadata if there are any. */
  @Override
  public String toString() {
    return name()
        + " weight "
        + weight
        + " "
        + forwarding
        + (limits.upper() == 0 ? "" : " " + limits)
        + (metadata.isEmpty() ? "" : " " + new TreeMap<>(metadata))
        + (health == null ? "" : " health " + health);
  }
}
