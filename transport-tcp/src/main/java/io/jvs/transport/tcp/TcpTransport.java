package io.jvs.transport.tcp;

import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.PortRange;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import io.jvs.transport.tcp.TcpOptions.FirstBytes;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries TCP services through this process: clients connect to it, it connects to real servers and
 * relays bytes both ways (NAT). Real servers see the director's address.
 *
 * <p>Event loops start with the first service. Present connections outlive every change of
 * definitions; only {@link #close} ends them.
 */
public final class TcpTransport implements Transport {
  /** Ports of one service; each is a listening socket. */
  public static final int MAX_PORTS = 1000;

  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Resets need no network round trip; what takes longer than this is a fault. */
  private static final Duration RESET_PATIENCE = Duration.ofSeconds(10);

  private final RelayEngine engine;
  private final int backlog;
  private final int maxConnections; // 0: as many as there are descriptors for
  private final DescriptorLimit descriptors;
  private final Proxy proxy;
  private final LongAdder policyFailures = new LongAdder();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, CarriedService> services = new LinkedHashMap<>(); // under this
  private boolean announced; // under this
  private boolean closed; // under this

  private TcpTransport(Builder builder) {
    this.engine = builder.newEngine();
    this.backlog = builder.backlog;
    this.maxConnections = builder.maxConnections;
    this.descriptors = DescriptorLimit.measure(engine.descriptors());
    this.proxy =
        new Proxy(
            new ConnectionLimit(limit(0), builder.whenFull, this::recheckDoors),
            builder.connectionListener);
  }

  /** With all defaults. */
  public static TcpTransport create() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return "tcp";
  }

  @Override
  public Optional<String> objection(VirtualService service) {
    if (!(service.address() instanceof VirtualAddress.Endpoint endpoint)) {
      return Optional.of(
          "'"
              + service.address()
              + "' is no address to listen on (expected: a TCP address and port; firewall marks"
              + " need the kernel)");
    }
    if (endpoint.protocol() != Protocol.TCP) {
      return Optional.of(endpoint.protocol() + " (expected: tcp)");
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
    if (options != null && !(options instanceof TcpOptions)) {
      return Optional.of(options + " (expected: TcpOptions, or none)");
    }
    FirstBytes firstBytes =
        service.transportOptions() instanceof TcpOptions given ? given.firstBytes() : null;
    boolean byKey = service.persistence() instanceof Persistence.ApplicationKey;
    if (byKey && firstBytes == null) {
      return Optional.of(
          "persistence by application key without first bytes to find it in (expected: by source or"
              + " source port, or TcpOptions.firstBytes)");
    }
    if (!byKey && firstBytes != null && firstBytes.what() == FirstBytes.What.TLS_SESSION) {
      return Optional.of(
          "TLS sessions as key without persistence by application key (expected: that persistence,"
              + " since only the server that has issued a session can resume it; or SNI, which"
              + " policies can hash)");
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
    }
    return Optional.empty();
  }

  @Override
  public synchronized void apply(List<Assignment> desired) {
    if (closed) {
      throw new IllegalStateException("the TCP transport is closed");
    }
    for (Assignment assignment : desired) {
      objection(assignment.service())
          .ifPresent(
              objection -> {
                throw new UnsupportedServiceException(
                    "virtual service '" + assignment.service().name() + "': " + objection);
              });
    }
    Map<String, CarriedService> next = new LinkedHashMap<>();
    Map<InetSocketAddress, CarriedService> wanted = new LinkedHashMap<>();
    for (Assignment assignment : desired) {
      CarriedService present = services.get(assignment.service().name());
      CarriedService service =
          present == null ? new CarriedService(assignment, policyFailures, proxy.timer()) : present;
      next.put(assignment.service().name(), service);
      addresses(assignment.service()).forEach(address -> wanted.put(address, service));
    }

    Change change = new Change();
    for (Listener listener : listeners) {
      if (!wanted.containsKey(listener.address())) {
        change.unwanted.add(listener);
      }
    }
    for (Assignment assignment : desired) {
      CarriedService service = Objects.requireNonNull(next.get(assignment.service().name()));
      for (InetSocketAddress address : addresses(assignment.service())) {
        if (listeners.stream().noneMatch(listener -> listener.address().equals(address))) {
          change.open(address, service, assignment.service());
        }
      }
    }

    // From here on nothing can fail.
    desired.forEach(
        assignment ->
            Objects.requireNonNull(next.get(assignment.service().name())).follow(assignment));
    for (Listener listener : listeners) {
      CarriedService service = wanted.get(listener.address());
      if (service != null) {
        listener.serve(service);
      }
    }
    change.commit();
    services.values().stream()
        .filter(service -> !next.containsValue(service))
        .forEach(CarriedService::close);
    services.clear();
    services.putAll(next);
    int max = limit(listeners.stream().mapToInt(Listener::sockets).sum());
    proxy.limit().setMax(max);
    if (!announced) {
      announced = true;
      // Also the log's first line, while there are descriptors: loggers open files with theirs.
      LOG.log(Level.INFO, () -> "tcp: carried by " + engine.name() + ", " + max + " connections");
    }
  }

  /** New listening sockets first, then the old ones are closed; or nothing at all. */
  private final class Change {
    private final List<Listener> unwanted = new ArrayList<>();
    private final List<Listener> opened = new ArrayList<>();
    private final List<Listener> closedEarly = new ArrayList<>();

    void open(InetSocketAddress address, CarriedService service, VirtualService definition) {
      Listener listener = new Listener(proxy, address, service);
      try {
        makeRoom(address);
        bind(listener, definition);
        opened.add(listener);
      } catch (IOException e) {
        TransportException failure =
            new TransportException(Reasons.bind(definition, address, e), e);
        undo(failure);
        throw failure;
      }
    }

    /** A wildcard address and a single one cannot be listened on together, so ours goes first. */
    private void makeRoom(InetSocketAddress address) {
      for (Listener listener : unwanted) {
        if (!closedEarly.contains(listener) && meet(listener.address(), address)) {
          listener.close();
          closedEarly.add(listener);
        }
      }
    }

    private void undo(TransportException failure) {
      opened.forEach(Listener::close);
      for (Listener listener : closedEarly) {
        try {
          bind(listener, listener.service().assignment().service());
          listener.start();
        } catch (IOException e) {
          failure.addSuppressed(e);
        }
      }
    }

    void commit() {
      listeners.addAll(opened);
      listeners.removeAll(unwanted);
      opened.forEach(Listener::start);
      unwanted.forEach(Listener::close);
    }

    private void bind(Listener listener, VirtualService definition) throws IOException {
      boolean spread =
          definition.address() instanceof VirtualAddress.Endpoint endpoint
              && endpoint.ports().isSingle();
      TcpOptions options =
          definition.transportOptions() instanceof TcpOptions given ? given : TcpOptions.DEFAULT;
      listener.bind(engine, backlog, spread, options);
    }
  }

  private static boolean meet(InetSocketAddress one, InetSocketAddress other) {
    return VirtualAddress.of(Protocol.TCP, one).overlaps(VirtualAddress.of(Protocol.TCP, other));
  }

  private static List<InetSocketAddress> addresses(VirtualService service) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    if (service.address() instanceof VirtualAddress.Endpoint endpoint) {
      PortRange ports = endpoint.ports();
      for (int port = ports.first(); port <= ports.last(); port++) {
        addresses.add(new InetSocketAddress(endpoint.address(), port));
      }
    }
    return addresses;
  }

  private int limit(int listeningSockets) {
    return maxConnections != 0 ? maxConnections : descriptors.connections(listeningSockets);
  }

  private void recheckDoors() {
    listeners.forEach(Listener::recheck);
  }

  /** Numbers of the transport as a whole. Any thread. */
  public TcpStatus status() {
    return new TcpStatus(
        engine.name(),
        proxy.limit().taken(),
        proxy.limit().max(),
        proxy.limit().refused(),
        proxy.localFailures(),
        policyFailures.sum(),
        proxy.withoutKey());
  }

  /**
   * The connections that there are, in no order; some that come or go while the stream is read may
   * be missing or be shown still. Nothing waits for it. Any thread.
   */
  public Stream<LiveConnection> connections() {
    return proxy.open().stream().map(ProxiedConnection::now);
  }

  /**
   * Resets those connections; they end soon after it returns. That is told as {@link
   * ClosedConnection.Ending#DROPPED}, and no server is blamed. Any thread.
   *
   * @param why for people, such as {@code reset by alice}
   * @return how many there were
   */
  public int reset(Predicate<LiveConnection> which, String why) {
    List<ProxiedConnection> chosen =
        proxy.open().stream().filter(connection -> which.test(connection.now())).toList();
    chosen.forEach(connection -> connection.drop(why));
    return chosen.size();
  }

  @Override
  public synchronized void close(Duration drain) {
    if (closed) {
      return;
    }
    closed = true;
    listeners.forEach(Listener::close);
    listeners.clear();
    services.values().forEach(CarriedService::close);
    services.clear();
    int present = proxy.limit().taken();
    if (present > 0 && !drain.isZero()) {
      LOG.log(
          Level.INFO, "tcp: draining {0} connections for up to {1}", present, Reasons.text(drain));
    }
    if (!proxy.open().awaitNone(drain.toNanos())) {
      LOG.log(
          Level.INFO, "tcp: resetting the {0} connections that are left", proxy.limit().taken());
      proxy.open().resetAll("the transport ends");
      proxy.open().awaitNone(RESET_PATIENCE.toNanos());
    }
    proxy.close();
    engine.close();
  }

  /** Stops at once. */
  public void close() {
    close(Duration.ZERO);
  }

  /** Collects options; nothing is opened before the first service. */
  public static final class Builder {
    private int eventLoopThreads = Runtime.getRuntime().availableProcessors();
    private int backlog = 1024;
    private int maxConnections;
    private WhenFull whenFull = WhenFull.REFUSE;
    private TcpEngine engine = TcpEngine.AUTO;
    private @Nullable ConnectionListener connectionListener;

    private Builder() {}

    /** Default: one for each processor. */
    public Builder eventLoopThreads(int threads) {
      this.eventLoopThreads = checked("event loop threads", threads, 1, 1024);
      return this;
    }

    /**
     * Clients that may wait for being accepted, at each listening socket; default 1024. The system
     * may allow less (net.core.somaxconn).
     */
    public Builder backlog(int clients) {
      this.backlog = checked("backlog", clients, 1, 1_000_000);
      return this;
    }

    /** Of all services together; default: as many as the process has file descriptors for. */
    public Builder maxConnections(int connections) {
      this.maxConnections = checked("max connections", connections, 1, 10_000_000);
      return this;
    }

    /** Default: {@link WhenFull#REFUSE}. */
    public Builder whenFull(WhenFull what) {
      this.whenFull = what;
      return this;
    }

    /** Default: {@link TcpEngine#AUTO}. */
    public Builder engine(TcpEngine newEngine) {
      this.engine = newEngine;
      return this;
    }

    /** Who hears what became of each connection; default: nobody. */
    public Builder connectionListener(ConnectionListener listener) {
      this.connectionListener = listener;
      return this;
    }

    /**
     * Starts no thread and opens no socket.
     *
     * @throws IllegalStateException if the engine does not work on this machine
     */
    public TcpTransport build() {
      return new TcpTransport(this);
    }

    private RelayEngine newEngine() {
      return RelayEngine.of(engine, eventLoopThreads);
    }

    private static int checked(String what, int value, int min, int max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            "tcp: " + what + " " + value + " (expected: " + min + " to " + max + ")");
      }
      return value;
    }
  }
}
