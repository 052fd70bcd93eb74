package io.jvs.transport.udp;

import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Carries UDP services through this process: datagrams of clients go to real servers from ports of
 * ours, and answers go back from the virtual address (NAT). Real servers see the director's
 * address.
 *
 * <p>A flow is a client's address and port at a virtual address. It keeps its real server until it
 * has been idle for {@link io.jvs.model.Timeouts#udp} ({@code ip_vs_proto_udp.c}), as many answers
 * as {@link UdpOptions#responses} says have come, or there are too many flows, or no port towards
 * its server is left for another: then the one goes that has been idle for longest, of those first
 * that no server has ever answered, if they are more than an eighth.
 *
 * <p>Event loops start with the first service. Present flows outlive every change of definitions;
 * only {@link #close} ends them.
 */
public final class UdpTransport implements Transport {
  /** Ports of one service; each is a listening socket. */
  public static final int MAX_PORTS = 1000;

  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final long DRAIN_POLL_NANOS = 5_000_000;

  private final Builder settings;
  private final Counts counts = new Counts();
  private final Map<InetSocketAddress, Listener> listeners = new LinkedHashMap<>(); // under this
  private final Map<String, CarriedService> services = new LinkedHashMap<>(); // under this
  private @Nullable UdpLoops loops; // under this; null before the first service
  private boolean closed; // under this

  private UdpTransport(Builder settings) {
    this.settings = settings;
  }

  /** With all defaults. */
  public static UdpTransport create() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return "udp";
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    if (!(service.address() instanceof VirtualAddress.Endpoint endpoint)) {
      return Optional.of(
          "'"
              + service.address()
              + "' is no address to listen on (expected: a UDP address and port; firewall marks"
              + " need the kernel)");
    }
    if (endpoint.protocol() != Protocol.UDP) {
      return Optional.of(endpoint.protocol() + " (expected: udp)");
    }
    if (endpoint.ports().isAll()) {
      return Optional.of(
          "all ports (expected: a port, or a range of up to "
              + MAX_PORTS
              + "; all ports need the kernel)");
    }
    int ports = endpoint.ports().last() - endpoint.ports().first() + 1;
    if (ports > MAX_PORTS) {
      return Optional.of(
          ports
              + " ports (expected: up to "
              + MAX_PORTS
              + ", since each is a listening socket; larger ranges need the kernel)");
    }
    TransportOptions options = service.transportOptions();
    if (options != null && service.transportOptions(UdpOptions.class) == null) {
      return Optional.of(options + " (expected: UdpOptions, or none)");
    }
    if (service.limits().queue() != null) {
      return Optional.of(
          "limits.queue (expected: none; a datagram does not wait for a server, its client asks"
              + " again)");
    }
    if (service.persistence() instanceof Persistence.ApplicationKey) {
      return Optional.of(
          "persistence by application key (expected: by source or source port; a UDP proxy sees no"
              + " keys)");
    }
    List<RealServer> servers = new ArrayList<>(service.realServers());
    if (service.fallback() != null) {
      servers.add(service.fallback());
    }
    for (RealServer server : servers) {
      if (!server.forwarding().equals(Forwarding.NAT)) {
        return Optional.of(
            "real server "
                + server.name()
                + ": forwarding "
                + server.forwarding()
                + " (expected: NAT; DR and TUN need the kernel)");
      }
      if (server.address().isUnresolved()) {
        return Optional.of(
            "real server "
                + server.name()
                + " is a host name (expected: an IP address, since a datagram cannot wait for a name"
                + " server)");
      }
    }
    return Optional.empty();
  }

  @Override
  public synchronized void apply(List<Assignment> desired) {
    if (closed) {
      throw new IllegalStateException("the UDP transport is closed");
    }
    for (Assignment assignment : desired) {
      objection(assignment.service())
          .ifPresent(
              objection -> {
                throw new UnsupportedServiceException(
                    "virtual service '" + assignment.service().name() + "': " + objection);
              });
    }
    if (desired.isEmpty() && loops == null) {
      return;
    }
    UdpLoops running = loops();
    Map<String, CarriedService> next = new LinkedHashMap<>();
    Map<InetSocketAddress, CarriedService> wanted = new LinkedHashMap<>();
    for (Assignment assignment : desired) {
      CarriedService present = services.get(assignment.service().name());
      CarriedService service =
          present == null ? new CarriedService(assignment, running.all(), counts) : present;
      next.put(assignment.service().name(), service);
      addresses(assignment.service()).forEach(address -> wanted.put(address, service));
    }
    listeners.values().removeIf(Listener::isGone);
    Map<InetSocketAddress, Listener> opened = open(desired, wanted, running);

    // From here on nothing can fail.
    desired.forEach(
        assignment ->
            Objects.requireNonNull(next.get(assignment.service().name())).follow(assignment));
    listeners.forEach(
        (address, listener) -> {
          CarriedService service = wanted.get(address);
          if (service == null) {
            listener.retire();
          } else {
            listener.serve(service);
          }
        });
    listeners.putAll(opened);
    opened.values().forEach(Listener::start);
    services.clear();
    services.putAll(next);
  }

  /** New listening sockets for what has none; or nothing at all. */
  private Map<InetSocketAddress, Listener> open(
      List<Assignment> desired, Map<InetSocketAddress, CarriedService> wanted, UdpLoops running) {
    Map<InetSocketAddress, Listener> opened = new LinkedHashMap<>();
    for (Assignment assignment : desired) {
      VirtualService definition = assignment.service();
      UdpOptions options = UdpOptions.of(definition);
      for (InetSocketAddress address : addresses(definition)) {
        CarriedService service = Objects.requireNonNull(wanted.get(address));
        Listener present = listeners.get(address);
        if (present != null && present.hold()) {
          continue;
        }
        try {
          opened.put(address, Listener.bind(address, service, options, running.all()));
        } catch (IOException e) {
          opened.values().forEach(Listener::close);
          throw new TransportException(
              "virtual service '"
                  + definition.name()
                  + "': cannot listen on udp "
                  + SocketAddresses.format(address)
                  + ": "
                  + e.getMessage(),
              e);
        }
      }
    }
    return opened;
  }

  private UdpLoops loops() {
    UdpLoops running = loops;
    if (running == null) {
      running = UdpLoops.start(settings, counts);
      loops = running;
      String name = running.name();
      LOG.log(Level.INFO, () -> "udp: carried by " + name + ", " + settings.maxFlows + " flows");
    }
    return running;
  }

  private static List<InetSocketAddress> addresses(VirtualService service) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    if (service.address() instanceof VirtualAddress.Endpoint endpoint) {
      for (int port = endpoint.ports().first(); port <= endpoint.ports().last(); port++) {
        addresses.add(new InetSocketAddress(endpoint.address(), port));
      }
    }
    return addresses;
  }

  /** Numbers of the transport as a whole. Any thread. */
  public synchronized UdpStatus status() {
    return new UdpStatus(
        loops == null ? settings.engine.toString().toLowerCase(Locale.ROOT) : loops.name(),
        counts.flows.get(),
        settings.maxFlows,
        counts.evicted.sum(),
        counts.sourcePorts.get(),
        counts.withoutPort.sum(),
        counts.unsent.sum(),
        counts.strays.sum(),
        counts.refused.sum(),
        counts.policyFailures.sum());
  }

  @Override
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    UdpLoops running = loops;
    if (running == null) {
      return;
    }
    listeners.values().forEach(Listener::retire);
    int present = counts.flows.get();
    if (present > 0 && !drain.isZero()) {
      LOG.log(Level.INFO, "udp: draining {0} flows for up to {1}", present, drain);
    }
    long deadline = System.nanoTime() + drain.toNanos();
    while (counts.flows.get() > 0
        && deadline - System.nanoTime() > 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(DRAIN_POLL_NANOS);
    }
    running.close(listeners.values());
    listeners.clear();
    services.clear();
  }

  /** Stops at once. */
  public void close() {
    close(Duration.ZERO);
  }

  /** Collects options; nothing is opened before the first service. */
  public static final class Builder {
    int eventLoopThreads = Runtime.getRuntime().availableProcessors();
    int maxFlows = 100_000;
    UdpEngine engine = UdpEngine.AUTO;

    private Builder() {}

    /** Default: one for each processor. */
    public Builder eventLoopThreads(int threads) {
      this.eventLoopThreads = checked("event loop threads", threads, 1, 1024);
      return this;
    }

    /** Of all services together; each takes up to a kilobyte. Default: 100000. */
    public Builder maxFlows(int flows) {
      this.maxFlows = checked("max flows", flows, 1, 10_000_000);
      return this;
    }

    /** Default: {@link UdpEngine#AUTO}. */
    public Builder engine(UdpEngine newEngine) {
      this.engine = newEngine;
      return this;
    }

    /** Starts no thread and opens no socket. */
    public UdpTransport build() {
      return new UdpTransport(this);
    }

    private static int checked(String what, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            "udp: " + what + " " + value + " (expected: " + min + " to " + max + ")");
      }
      return value;
    }
  }
}
