package io.jvs.transport.tcp;

import io.jvs.model.AddressFamily;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.LiveConnection;
import io.jvs.transport.ServerObjections;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import io.jvs.transport.listening.ListeningFailures;
import io.jvs.transport.listening.Meetings;
import io.jvs.transport.listening.OptionChecks;
import io.jvs.transport.listening.Place;
import io.jvs.transport.listening.ServiceSockets;
import io.jvs.transport.listening.SocketObjections;
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
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Carries TCP services through this process: clients connect to it, it connects to real servers and
 * relays bytes both ways (NAT). Real servers see the director's address, unless {@link TcpOptions}
 * say otherwise.
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
  private final IntSupplier otherDescriptors;
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
    this.otherDescriptors = builder.otherDescriptors;
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
    TransportOptions given = service.transportOptions();
    if (given != null && service.transportOptions(TcpOptions.class) == null) {
      return Optional.of(given + " (expected: TcpOptions, or none)");
    }
    String objection = SocketObjections.to(TcpOptions.sockets(service), MAX_PORTS);
    if (objection == null) {
      objection = engine.objection(TcpOptions.of(service));
    }
    if (objection != null) {
      return Optional.of(objection);
    }
    FirstBytes firstBytes = TcpOptions.of(service).firstBytes();
    boolean byKey = service.persistence() instanceof Persistence.ApplicationKey;
    if (byKey && firstBytes == null) {
      return Optional.of(
          "persistence by application key without a place to find it (expected: by source or source"
              + " port, or tcp.firstBytes)");
    }
    if (!byKey && firstBytes != null && firstBytes.what() == FirstBytes.What.TLS_SESSION) {
      return Optional.of(
          "TLS sessions as key without persistence by application key (expected: that persistence,"
              + " since only the server that has issued a session can resume it; or SNI, which"
              + " policies can hash)");
    }
    boolean alone = !(given instanceof TransportOptions.Several); // else UDP keeps that limit
    if (alone && service.limits().packetsPerClient() != null) {
      return Optional.of(
          "limits.packetsPerClient (expected: none; a TCP proxy sees no packets, so limit new"
              + " connections by limits.ratePerClient)");
    }
    return ServerObjections.to(service);
  }

  /**
   * Why two services cannot be carried at the same time, though their addresses differ: with {@link
   * TcpOptions.Listening} they would listen at the same place. Empty if they can.
   */
  public static Optional<String> meeting(VirtualService service, VirtualService other) {
    return Optional.ofNullable(
        Meetings.between(TcpOptions.sockets(service), TcpOptions.sockets(other)));
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
    Meetings.check(desired.stream().map(each -> TcpOptions.sockets(each.service())).toList());
    for (Assignment assignment : desired) {
      checkOptions(assignment.service(), services.get(assignment.service().name()));
    }
    Map<String, CarriedService> next = new LinkedHashMap<>();
    Map<InetSocketAddress, Wanted> wanted = new LinkedHashMap<>();
    for (Assignment assignment : desired) {
      CarriedService present = services.get(assignment.service().name());
      CarriedService service =
          present == null ? new CarriedService(assignment, policyFailures, proxy.timer()) : present;
      next.put(assignment.service().name(), service);
      for (Place place : Place.of(TcpOptions.sockets(assignment.service()))) {
        wanted.put(place.address(), new Wanted(place, service, assignment.service()));
      }
    }

    Change change = new Change();
    Map<InetSocketAddress, Wanted> missing = new LinkedHashMap<>(wanted);
    for (Listener listener : listeners) {
      Wanted want = wanted.get(listener.address());
      if (want == null || !listener.canAdjust(want.options())) {
        change.unwanted.add(listener);
      } else {
        missing.remove(listener.address());
      }
    }
    missing.values().forEach(change::open);

    // From here on nothing can fail.
    desired.forEach(
        assignment ->
            Objects.requireNonNull(next.get(assignment.service().name())).follow(assignment));
    for (Listener listener : listeners) {
      Wanted want = wanted.get(listener.address());
      if (want != null) {
        listener.serve(want.service());
        if (!change.unwanted.contains(listener)) {
          listener.adjust(backlog, want.options());
        }
      }
    }
    change.commit();
    services.values().stream()
        .filter(service -> !next.containsValue(service))
        .forEach(
            service -> {
              service.close();
              service.leave();
            });
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

  /** Where to listen, for whom. */
  private record Wanted(Place place, CarriedService service, VirtualService definition) {
    TcpOptions options() {
      return TcpOptions.of(definition);
    }

    ServiceSockets sockets() {
      return TcpOptions.sockets(definition);
    }
  }

  /** Before anything is changed: what the machine does not grant is told now. */
  private void checkOptions(VirtualService service, @Nullable CarriedService present) {
    TcpOptions options = TcpOptions.of(service);
    if (options.equals(present == null ? TcpOptions.DEFAULT : present.options())) {
      return;
    }
    try {
      engine.check(options, service.address().family() == AddressFamily.IPV6);
    } catch (IOException e) {
      throw new TransportException(ListeningFailures.refused(TcpOptions.sockets(service), e), e);
    }
    FastOpenSwitch.check(service.name(), options);
  }

  /** New listening sockets first, then the old ones are closed; or nothing at all. */
  private final class Change {
    private final List<Listener> unwanted = new ArrayList<>();
    private final List<Listener> opened = new ArrayList<>();
    private final List<Listener> closedEarly = new ArrayList<>();

    void open(Wanted want) {
      Listener listener = new Listener(proxy, want.place(), want.service());
      try {
        makeRoom(want.place());
        bind(listener, want.definition());
        opened.add(listener);
      } catch (IOException e) {
        TransportException failure =
            new TransportException(
                ListeningFailures.bind(want.sockets(), want.place().address(), e), e);
        undo(failure);
        throw failure;
      }
    }

    /** A wildcard address and a single one cannot be listened on together, so ours goes first. */
    private void makeRoom(Place place) {
      for (Listener listener : unwanted) {
        if (!closedEarly.contains(listener) && listener.place().meets(place)) {
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
      TcpOptions options = TcpOptions.of(definition);
      boolean spread =
          options.listening().port() != 0
              || (definition.address() instanceof VirtualAddress.Endpoint endpoint
                  && endpoint.ports().isSingle());
      listener.bind(engine, backlog, spread, options);
    }
  }

  private int limit(int listeningSockets) {
    return maxConnections != 0
        ? maxConnections
        : descriptors.connections(listeningSockets, otherDescriptors.getAsInt());
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
    services.values().forEach(CarriedService::leave);
    services.clear();
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
    private IntSupplier otherDescriptors = () -> 0;
    private WhenFull whenFull = WhenFull.REFUSE;
    private TcpEngine engine = TcpEngine.AUTO;
    private @Nullable ConnectionListener connectionListener;

    private Builder() {}

    /** Default: one for each processor. */
    public Builder eventLoopThreads(int threads) {
      new OptionChecks(Protocol.TCP).check("event loop threads", threads, 1, 1024);
      this.eventLoopThreads = threads;
      return this;
    }

    /**
     * Clients that may wait for being accepted, at each listening socket; default 1024. The system
     * may allow less (net.core.somaxconn).
     */
    public Builder backlog(int clients) {
      new OptionChecks(Protocol.TCP).check("backlog", clients, 1, 1_000_000);
      this.backlog = clients;
      return this;
    }

    /** Of all services together; default: as many as the process has file descriptors for. */
    public Builder maxConnections(int connections) {
      new OptionChecks(Protocol.TCP).check("max connections", connections, 1, 10_000_000);
      this.maxConnections = connections;
      return this;
    }

    /**
     * How many file descriptors the rest of the process may come to take, such as a UDP transport;
     * the default of {@link #maxConnections} leaves them to it. Asked when the transport is built
     * and with each {@link TcpTransport#apply}. Default: none.
     */
    public Builder otherDescriptors(IntSupplier others) {
      this.otherDescriptors = others;
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
  }
}
