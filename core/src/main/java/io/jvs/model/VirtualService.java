package io.jvs.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One service that clients see and several real servers give, as an operator or a program wants it:
 * the same definition is used in-process, by the userspace proxies and by the kernel.
 *
 * <p>Made by a builder: {@link #inProcess}, {@link #tcp}, {@link #udp} or {@link #at}; changed by
 * {@link #toBuilder()}.
 *
 * @param name its identity across changes: 1 to 100 printable characters without blanks at the
 *     ends; shown in logs and metrics
 * @param address what clients talk to
 * @param scheduler who chooses the real server
 * @param persistence whose connections stay together, or null for each on its own
 * @param realServers in the order in which they are added; addresses differ
 * @param fallback answers when no real server can ("sorry server"), or null; its weight means
 *     nothing
 * @param health how real servers are checked, or null for no checks
 * @param timeouts when idle connections are forgotten
 * @param attempts to how many different real servers a connection may be offered before the client
 *     hears of a failure, 1 to 100; the fallback comes after them
 * @param onePacket whether each datagram is a connection of its own, scheduled anew and over once
 *     it has been sent on ({@code ipvsadm -o}); for UDP services and firewall marks, of whose
 *     packets it concerns those of UDP
 * @param weightCorrection how weights follow connection limits, or null for not at all
 * @param preferredZone whose servers go first, or null if zones do not matter; see {@link
 *     Builder#preferZone}
 * @param subset how many of the real servers to use, on behalf of whom, or null for all
 * @param failover what follows when servers are down
 * @param slowStart how servers that come or come back take up their weight, or null for at once
 * @param agent how agents on the servers are asked for weight and state, or null for not at all
 * @param feedback how measured load moves weights, or null for not at all
 * @param access which clients it is for
 * @param limits what it and each client may take; userspace transports only
 * @param transportOptions what only the transport that carries it understands, or null for its
 *     defaults
 */
public record VirtualService(
    String name,
    VirtualAddress address,
    SchedulerSpec scheduler,
    @Nullable Persistence persistence,
    List<RealServer> realServers,
    @Nullable RealServer fallback,
    @Nullable HealthDeclaration health,
    Timeouts timeouts,
    int attempts,
    boolean onePacket,
    @Nullable WeightCorrection weightCorrection,
    @Nullable String preferredZone,
    @Nullable Subset subset,
    Failover failover,
    @Nullable SlowStart slowStart,
    @Nullable AgentDeclaration agent,
    @Nullable FeedbackDeclaration feedback,
    AccessList access,
    ServiceLimits limits,
    @Nullable TransportOptions transportOptions) {
  private static final Pattern NAME =
      Pattern.compile("[\\p{Graph}](?:[\\p{Print}]{0,98}[\\p{Graph}])?");

  /** Three tries, as haproxy's default of three retries comes to for a refused connection. */
  public static final int DEFAULT_ATTEMPTS = 3;

  public VirtualService {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "virtual service name '"
              + name
              + "' (expected: 1 to 100 printable ASCII characters, no blank at either end)");
    }
    realServers = List.copyOf(realServers);
    if (attempts < 1 || attempts > 100) {
      throw wrong(name, "attempts " + attempts + " (expected: 1 to 100)");
    }
    if (preferredZone != null && preferredZone.isBlank()) {
      throw wrong(
          name,
          "preferred zone '"
              + preferredZone
              + "' (expected: a zone as in the metadata of real servers, such as 'a'; leave it out"
              + " for no preference)");
    }
    boolean allPorts = address instanceof VirtualAddress.Endpoint e && e.ports().isAll();
    if (allPorts && persistence == null) {
      throw wrong(
          name,
          address
              + " takes all ports without persistence (expected: persistence, so that the"
              + " connections of a client stay together, or one port)");
    }
    boolean hasDatagrams =
        address instanceof VirtualAddress.FirewallMark
            || (address instanceof VirtualAddress.Endpoint e && e.protocol() == Protocol.UDP);
    if (onePacket && !hasDatagrams) {
      throw wrong(
          name,
          "one-packet scheduling of "
              + address
              + " (expected: a UDP service or a firewall mark; the packets of other protocols"
              + " belong to connections)");
    }
    Set<InetSocketAddress> seen = new HashSet<>();
    for (RealServer server : realServers) {
      if (!seen.add(server.address())) {
        throw wrong(
            name, "real server " + server.name() + " is listed twice; raise its weight instead");
      }
      checkPort(name, address, "real server", server);
      checkLoop(name, address, "real server", server);
    }
    if (fallback != null) {
      if (seen.contains(fallback.address())) {
        throw wrong(
            name,
            "fallback "
                + fallback.name()
                + " is a real server of the service too (expected: one that is not)");
      }
      checkPort(name, address, "fallback", fallback);
      checkLoop(name, address, "fallback", fallback);
    }
  }

  /** A service for calls within this process. */
  public static Builder inProcess(String name) {
    return new Builder(VirtualAddress.none()).name(name);
  }

  /** A TCP service at an IP address and port. */
  public static Builder tcp(InetSocketAddress address) {
    return new Builder(VirtualAddress.of(Protocol.TCP, address));
  }

  /** A TCP service, such as {@code tcp("192.0.2.10", 80)}. */
  public static Builder tcp(String ip, int port) {
    return new Builder(VirtualAddress.tcp(ip, port));
  }

  /** A UDP service at an IP address and port. */
  public static Builder udp(InetSocketAddress address) {
    return new Builder(VirtualAddress.of(Protocol.UDP, address));
  }

  /** A UDP service, such as {@code udp("192.0.2.10", 53)}. */
  public static Builder udp(String ip, int port) {
    return new Builder(VirtualAddress.udp(ip, port));
  }

  /** A service at any kind of address. */
  public static Builder at(VirtualAddress address) {
    return new Builder(address);
  }

  /** Whether a flow of this protocol is over with its first packet. */
  public boolean isOnePacket(Protocol protocol) {
    return onePacket && protocol == Protocol.UDP;
  }

  /** A builder that starts from this definition. */
  public Builder toBuilder() {
    Builder builder =
        new Builder(address)
            .name(name)
            .scheduler(scheduler)
            .timeouts(timeouts)
            .attempts(attempts)
            .onePacket(onePacket)
            .weightCorrection(weightCorrection)
            .realServers(realServers);
    builder.persistence = persistence;
    builder.fallback = fallback;
    builder.health = health;
    builder.preferredZone = preferredZone;
    builder.subset = subset;
    builder.failover = failover;
    builder.slowStart = slowStart;
    builder.agent = agent;
    builder.feedback = feedback;
    builder.access = access;
    builder.limits = limits;
    builder.transportOptions = transportOptions;
    return builder;
  }

  /** What it says for this kind of transport, or null if it says nothing. */
  public <T extends TransportOptions> @Nullable T transportOptions(Class<T> kind) {
    if (transportOptions instanceof TransportOptions.Several several) {
      return several.all().stream()
          .filter(kind::isInstance)
          .map(kind::cast)
          .findFirst()
          .orElse(null);
    }
    return kind.isInstance(transportOptions) ? kind.cast(transportOptions) : null;
  }

  /**
   * The same service with another weight for one server; 0 quiesces it.
   *
   * @throws IllegalArgumentException if the service has no such server
   */
  public VirtualService withWeight(InetSocketAddress server, int weight) {
    List<RealServer> changed = new ArrayList<>(realServers);
    changed.replaceAll(s -> s.address().equals(server) ? s.withWeight(weight) : s);
    if (realServers.stream().noneMatch(s -> s.address().equals(server))) {
      throw wrong(
          name,
          "no real server "
              + SocketAddresses.format(server)
              + " (expected: one of "
              + realServers.stream().map(RealServer::name).toList()
              + ")");
    }
    return toBuilder().realServers(changed).build();
  }

  /** Name, address, scheduler and what else differs from the default, on one line. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(name);
    if (!name.equals(address.toString())) {
      out.append(" (").append(address).append(')');
    }
    out.append(' ').append(scheduler);
    if (persistence != null) {
      out.append(", ").append(persistence);
    }
    if (onePacket) {
      out.append(", one-packet");
    }
    if (weightCorrection != null) {
      out.append(", ").append(weightCorrection);
    }
    if (preferredZone != null) {
      out.append(", prefers zone ").append(preferredZone);
    }
    if (subset != null) {
      out.append(", ").append(subset);
    }
    out.append(", real servers ").append(realServers);
    if (fallback != null) {
      out.append(", fallback ").append(fallback);
    }
    if (health != null) {
      out.append(", health ").append(health);
    }
    if (!failover.equals(Failover.DEFAULT)) {
      out.append(", ").append(failover);
    }
    if (slowStart != null) {
      out.append(", ").append(slowStart);
    }
    if (agent != null) {
      out.append(", ").append(agent);
    }
    if (feedback != null) {
      out.append(", ").append(feedback);
    }
    if (!access.equals(AccessList.EVERYBODY)) {
      out.append(", ").append(access);
    }
    if (!limits.equals(ServiceLimits.NONE)) {
      out.append(", ").append(limits);
    }
    if (transportOptions != null) {
      out.append(", ").append(transportOptions);
    }
    return out.toString();
  }

  private static void checkPort(
      String name, VirtualAddress address, String what, RealServer server) {
    boolean keepsPort =
        !(address instanceof VirtualAddress.None)
            && !(address instanceof VirtualAddress.Endpoint e && e.ports().isSingle());
    if (server.address().getPort() == 0 && !keepsPort) {
      throw wrong(
          name,
          what
              + " "
              + server.name()
              + ": port 0 (expected: 1 to 65535; 0 keeps the client's port and is for services of"
              + " several ports or a firewall mark)");
    }
  }

  private static void checkLoop(
      String name, VirtualAddress address, String what, RealServer server) {
    if (address instanceof VirtualAddress.Endpoint endpoint
        && server.forwarding().equals(Forwarding.NAT)) {
      InetAddress ip = server.address().getAddress();
      int port = server.address().getPort();
      if (endpoint.address().equals(ip) && (port == 0 || endpoint.ports().contains(port))) {
        throw wrong(
            name,
            what
                + " "
                + server.name()
                + " is the virtual address itself, so connections would go"
                + " round in circles (expected: another address or port)");
      }
    }
  }

  private static IllegalArgumentException wrong(String name, String what) {
    return new IllegalArgumentException("virtual service '" + name + "': " + what);
  }

  /** Collects the parts of a definition; not for use by several threads. */
  public static final class Builder {
    private VirtualAddress address;
    private @Nullable String name;
    private SchedulerSpec scheduler = SchedulerSpec.DEFAULT;
    private @Nullable Persistence persistence;
    private final List<RealServer> realServers = new ArrayList<>();
    private @Nullable RealServer fallback;
    private @Nullable HealthDeclaration health;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private int attempts = DEFAULT_ATTEMPTS;
    private boolean onePacket;
    private @Nullable WeightCorrection weightCorrection;
    private @Nullable String preferredZone;
    private @Nullable Subset subset;
    private Failover failover = Failover.DEFAULT;
    private @Nullable SlowStart slowStart;
    private @Nullable AgentDeclaration agent;
    private @Nullable FeedbackDeclaration feedback;
    private AccessList access = AccessList.EVERYBODY;
    private ServiceLimits limits = ServiceLimits.NONE;
    private @Nullable TransportOptions transportOptions;

    private Builder(VirtualAddress address) {
      this.address = address;
    }

    /** Default: the address as text, such as {@code tcp 192.0.2.10:80}. */
    public Builder name(String newName) {
      this.name = newName;
      return this;
    }

    public Builder address(VirtualAddress newAddress) {
      this.address = newAddress;
      return this;
    }

    /** Default: {@code wlc}. */
    public Builder scheduler(String schedulerName, String... flags) {
      return scheduler(SchedulerSpec.of(schedulerName, flags));
    }

    public Builder scheduler(SchedulerSpec newScheduler) {
      this.scheduler = newScheduler;
      return this;
    }

    public Builder persistence(@Nullable Persistence newPersistence) {
      this.persistence = newPersistence;
      return this;
    }

    /** Adds a real server; see {@link RealServer#of(String)}. */
    public Builder realServer(String hostAndPort) {
      return realServer(RealServer.of(hostAndPort));
    }

    /** Adds a real server with a weight. */
    public Builder realServer(String hostAndPort, int weight) {
      return realServer(RealServer.of(hostAndPort).withWeight(weight));
    }

    /** Adds a real server. */
    public Builder realServer(RealServer server) {
      realServers.add(server);
      return this;
    }

    /** Replaces all real servers. */
    public Builder realServers(List<RealServer> servers) {
      realServers.clear();
      realServers.addAll(servers);
      return this;
    }

    public Builder fallback(@Nullable RealServer server) {
      this.fallback = server;
      return this;
    }

    public Builder health(@Nullable HealthDeclaration newHealth) {
      this.health = newHealth;
      return this;
    }

    public Builder timeouts(Timeouts newTimeouts) {
      this.timeouts = newTimeouts;
      return this;
    }

    /** Default: {@value VirtualService#DEFAULT_ATTEMPTS}. */
    public Builder attempts(int newAttempts) {
      this.attempts = newAttempts;
      return this;
    }

    /** Default: no. */
    public Builder onePacket(boolean on) {
      this.onePacket = on;
      return this;
    }

    /** Default: none, weights stay as configured. */
    public Builder weightCorrection(@Nullable WeightCorrection correction) {
      this.weightCorrection = correction;
      return this;
    }

    /**
     * Where clients are: real servers whose {@link RealServer#zone} is this one get all flows as
     * long as they can take them. When less than 1/1.4 of the zone's configured weight is up, what
     * it lacks goes to the other zones, in proportion; when nothing is up, all of it. A zone
     * without servers is no preference. Default: null, zones do not matter.
     */
    public Builder preferZone(@Nullable String zone) {
      this.preferredZone = zone;
      return this;
    }

    /**
     * Uses only so many of the real servers; which ones goes by their addresses and the client's
     * id. Default: all.
     *
     * @param clientId different for each client of the pool, such as a host name
     */
    public Builder subset(String clientId, int size) {
      return subset(new Subset(clientId, size));
    }

    /** Null for all real servers, the default. */
    public Builder subset(@Nullable Subset newSubset) {
      this.subset = newSubset;
      return this;
    }

    /** Default: {@link Failover#DEFAULT}. */
    public Builder failover(Failover newFailover) {
      this.failover = newFailover;
      return this;
    }

    /** Default: none, a server that comes back has its whole weight at once. */
    public Builder slowStart(@Nullable SlowStart newSlowStart) {
      this.slowStart = newSlowStart;
      return this;
    }

    /** Default: none. */
    public Builder agent(@Nullable AgentDeclaration newAgent) {
      this.agent = newAgent;
      return this;
    }

    /** Default: none. */
    public Builder feedback(@Nullable FeedbackDeclaration newFeedback) {
      this.feedback = newFeedback;
      return this;
    }

    /** Default: {@link AccessList#EVERYBODY}. */
    public Builder access(AccessList newAccess) {
      this.access = newAccess;
      return this;
    }

    /** Default: {@link ServiceLimits#NONE}. */
    public Builder limits(ServiceLimits newLimits) {
      this.limits = newLimits;
      return this;
    }

    /** Default: null, as the transport thinks best. */
    public Builder transportOptions(@Nullable TransportOptions options) {
      this.transportOptions = options;
      return this;
    }

    /**
     * Checks what single parts could not see.
     *
     * @throws IllegalArgumentException if parts do not fit together
     */
    public VirtualService build() {
      return new VirtualService(
          name == null ? address.toString() : name,
          address,
          scheduler,
          persistence,
          realServers,
          fallback,
          health,
          timeouts,
          attempts,
          onePacket,
          weightCorrection,
          preferredZone,
          subset,
          failover,
          slowStart,
          agent,
          feedback,
          access,
          limits,
          transportOptions);
    }
  }
}
