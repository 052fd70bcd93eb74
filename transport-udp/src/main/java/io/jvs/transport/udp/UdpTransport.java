package io.jvs.transport.udp;

import io.jvs.model.Durations;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.TransportOptions;
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
import java.util.function.Predicate;
import java.util.stream.Stream;
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
 * <p>With epoll a wait for datagrams costs 1 us less if the program was started with {@code
 * -Dio.netty.channel.epoll.epollWaitThreshold=0}, as {@code jvs} does; it is for all of Netty.
 *
 * <p>Event loops start with the first service. Present flows outlive every change of definitions;
 * only {@link #close} ends them.
 */
public final class UdpTransport implements Transport {
  /** Ports of one service; each is a listening socket. */
  public static final int MAX_PORTS = 1000;

  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int QUIET_SECONDS = 3;

  /** While the transport drains, a flow is over that has had no datagram for so long. */
  static final Duration QUIET = Duration.ofSeconds(QUIET_SECONDS);

  private static final long DRAIN_POLL_NANOS = 5_000_000;

  private final Builder settings;
  private final Counts counts = new Counts();
  private final Map<InetSocketAddress, Listener> listeners = new LinkedHashMap<>(); // under this
  private final Map<String, CarriedService> services = new LinkedHashMap<>(); // under this
  private final FlowListener listener;
  private volatile @Nullable UdpLoops loops; // changed under this; null before the first service
  private boolean closed; // under this

  private UdpTransport(Builder settings) {
    this.settings = settings;
    this.listener = new FlowListener(settings.connectionListener);
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
    TransportOptions given = service.transportOptions();
    if (given != null && service.transportOptions(UdpOptions.class) == null) {
      return Optional.of(given + " (expected: UdpOptions, or none)");
    }
    UdpOptions options = UdpOptions.of(service);
    String objection = SocketObjections.to(UdpOptions.sockets(service), MAX_PORTS);
    if (objection == null && !UdpLoops.wouldUseEpoll(settings.engine)) {
      objection = NioDatagramSockets.objection(options, UdpOptions.sockets(service));
    }
    if (objection != null) {
      return Optional.of(objection);
    }
    if (service.limits().queue() != null) {
      return Optional.of(
          "limits.queue (expected: none; a datagram does not wait for a server, its client asks"
              + " again)");
    }
    if (service.persistence() instanceof Persistence.ApplicationKey) {
      return Optional.of(
          "persistence by application key (expected: by source or source port, or QUIC routing, which"
              + " goes by connection ids; a UDP proxy sees no other keys)");
    }
    return ServerObjections.to(service).or(() -> hostName(service));
  }

  private static Optional<String> hostName(VirtualService service) {
    return Stream.concat(service.realServers().stream(), Stream.ofNullable(service.fallback()))
        .filter(server -> server.address().isUnresolved())
        .findFirst()
        .map(
            server ->
                "real server "
                    + server.name()
                    + " is a host name (expected: an IP address, since a datagram cannot wait for a"
                    + " name server)");
  }

  /**
   * Why two services cannot be carried at the same time, though their addresses differ: with {@link
   * UdpOptions.Listening} they would listen at the same place. Empty if they can.
   */
  public static Optional<String> meeting(VirtualService service, VirtualService other) {
    return Optional.ofNullable(
        Meetings.between(UdpOptions.sockets(service), UdpOptions.sockets(other)));
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
    Meetings.check(desired.stream().map(each -> UdpOptions.sockets(each.service())).toList());
    if (desired.isEmpty() && loops == null) {
      return;
    }
    UdpLoops running = loops();
    for (Assignment assignment : desired) {
      checkOptions(running, assignment.service(), services.get(assignment.service().name()));
    }
    Map<String, CarriedService> next = new LinkedHashMap<>();
    Map<InetSocketAddress, Wanted> wanted = new LinkedHashMap<>();
    for (Assignment assignment : desired) {
      CarriedService present = services.get(assignment.service().name());
      CarriedService service =
          present == null ? new CarriedService(assignment, running.all(), counts) : present;
      next.put(assignment.service().name(), service);
      for (Place place : Place.of(UdpOptions.sockets(assignment.service()))) {
        wanted.put(place.address(), new Wanted(place, service, assignment.service()));
      }
    }
    listeners.values().removeIf(Listener::isGone);
    Change change = new Change(running);
    Map<InetSocketAddress, Wanted> missing = new LinkedHashMap<>(wanted);
    listeners.forEach(
        (address, listener) -> {
          Wanted want = wanted.get(address);
          if (want == null || !SocketSetup.canAdjust(listener.options(), want.options())) {
            change.unwanted.add(listener);
          } else if (listener.hold()) {
            missing.remove(address);
          }
        });
    missing.values().forEach(change::open);

    // From here on nothing can fail.
    desired.forEach(
        assignment ->
            Objects.requireNonNull(next.get(assignment.service().name())).follow(assignment));
    listeners.forEach(
        (address, listener) -> {
          Wanted want = wanted.get(address);
          if (want == null || change.unwanted.contains(listener)) {
            listener.retire();
          } else {
            listener.serve(want.service());
            listener.adjust(want.options());
          }
        });
    change.commit();
    services.values().stream()
        .filter(service -> !next.containsValue(service))
        .forEach(CarriedService::leave);
    services.clear();
    services.putAll(next);
  }

  /** Where to listen, for whom. */
  private record Wanted(Place place, CarriedService service, VirtualService definition) {
    UdpOptions options() {
      return UdpOptions.of(definition);
    }

    ServiceSockets sockets() {
      return UdpOptions.sockets(definition);
    }
  }

  /** Before anything is changed: what the machine does not grant is told now. */
  private static void checkOptions(
      UdpLoops running, VirtualService service, @Nullable CarriedService present) {
    UdpOptions options = UdpOptions.of(service);
    if (options.equals(present == null ? UdpOptions.DEFAULT : present.options())) {
      return;
    }
    try {
      running
          .all()
          .get(0)
          .sockets()
          .check(options, Place.of(UdpOptions.sockets(service)).get(0).address().getAddress());
    } catch (IOException e) {
      throw new TransportException(ListeningFailures.refused(UdpOptions.sockets(service), e), e);
    }
  }

  /** New listening sockets for what has none; or nothing at all. */
  private final class Change {
    final List<Listener> unwanted = new ArrayList<>();
    private final UdpLoops running;
    private final List<Listener> opened = new ArrayList<>();
    private final List<Listener> closedEarly = new ArrayList<>();

    Change(UdpLoops running) {
      this.running = running;
    }

    void open(Wanted want) {
      try {
        makeRoom(want.place());
        opened.add(Listener.bind(want.place(), want.service(), want.options(), running.all()));
      } catch (IOException e) {
        TransportException failure =
            new TransportException(
                ListeningFailures.bind(want.sockets(), want.place().address(), e), e);
        undo(failure);
        throw failure;
      }
    }

    /** What is in the way of a new socket goes first, and its flows with it. */
    private void makeRoom(Place place) {
      for (Listener listener : unwanted) {
        if (!closedEarly.contains(listener) && listener.place().meets(place)) {
          closedEarly.add(listener);
          listener.close();
          running.endAllOf(listener);
        }
      }
    }

    private void undo(TransportException failure) {
      opened.forEach(Listener::close);
      listeners.values().forEach(Listener::release);
      for (Listener listener : closedEarly) {
        CarriedService service = listener.lastService();
        if (service == null) {
          continue;
        }
        try {
          Listener again =
              Listener.bind(listener.place(), service, listener.options(), running.all());
          listeners.put(listener.place().address(), again);
          again.start();
        } catch (IOException e) {
          failure.addSuppressed(e);
        }
      }
    }

    void commit() {
      closedEarly.forEach(listener -> listeners.remove(listener.place().address(), listener));
      opened.forEach(listener -> listeners.put(listener.place().address(), listener));
      opened.forEach(Listener::start);
    }
  }

  private UdpLoops loops() {
    UdpLoops running = loops;
    if (running == null) {
      running = UdpLoops.start(settings, counts, listener);
      loops = running;
      String name = running.name();
      LOG.log(Level.INFO, () -> "udp: carried by " + name + ", " + settings.maxFlows + " flows");
    }
    return running;
  }

  /**
   * How many file descriptors the ports from which real servers are asked may come to take: half of
   * those that were free when the first service came, 28,000 at most, and 0 before that. For others
   * in the process that want to know what is left to them, such as a TCP transport. Any thread.
   */
  public int mostDescriptors() {
    UdpLoops running = loops;
    return running == null ? 0 : running.mostSourcePorts();
  }

  /** Numbers of the transport as a whole. Any thread. */
  public UdpStatus status() {
    UdpLoops running = loops;
    String engine =
        running == null ? settings.engine.toString().toLowerCase(Locale.ROOT) : running.name();
    return new UdpStatus(
        engine,
        counts.flows.get(),
        settings.maxFlows,
        counts.evicted.sum(),
        counts.sourcePorts.get(),
        counts.drops.all(!engine.equals("nio")),
        counts.quicIds.get(),
        counts.quicIdsEvicted.sum(),
        counts.quicFollowed.sum(),
        counts.unreachableTold.sum());
  }

  /**
   * The flows that there are, in no order; some that come or go while the stream is read may be
   * missing or be shown still. Nothing waits for it. Those of a single datagram, by one-packet
   * scheduling or because no answers come, are not among them. Any thread.
   */
  public Stream<LiveConnection> connections() {
    UdpLoops running = loops;
    return running == null ? Stream.empty() : running.all().stream().flatMap(UdpLoop::live);
  }

  /**
   * Ends those flows, soon after it returns: what their clients send next begins anew, perhaps with
   * another server. That is told as {@link ClosedConnection.Ending#DROPPED}, and no server is
   * blamed. Any thread.
   *
   * @param why for people, such as {@code reset by alice}
   * @return how many there were
   */
  public int reset(Predicate<LiveConnection> which, String why) {
    UdpLoops running = loops;
    int found = 0;
    if (running != null) {
      for (UdpLoop loop : running.all()) {
        List<UdpFlow> chosen = loop.chosen(which);
        found += chosen.size();
        if (!chosen.isEmpty()) {
          loop.execute(() -> loop.endAll(chosen, why));
        }
      }
    }
    return found;
  }

  /**
   * As {@link Transport#close(Duration)} says. A flow has no end of its own that could be waited
   * for, so while the transport drains, one is over when no datagram of it has come for {@value
   * #QUIET_SECONDS} seconds.
   */
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
      LOG.log(
          Level.INFO,
          "udp: draining {0} flows for up to {1}; those that are quiet for {2} are over",
          present,
          Durations.format(drain),
          Durations.format(QUIET));
      running.all().forEach(loop -> loop.execute(loop::drain));
    }
    long deadline = System.nanoTime() + drain.toNanos();
    while (counts.flows.get() > 0
        && deadline - System.nanoTime() > 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(DRAIN_POLL_NANOS);
    }
    int left = counts.flows.get();
    if (left > 0) {
      LOG.log(Level.INFO, "udp: ending the {0} flows that are left", left);
    }
    running.close(listeners.values());
    listeners.clear();
    services.values().forEach(CarriedService::leave);
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
    @Nullable ConnectionListener connectionListener;

    private Builder() {}

    /** Default: one for each processor. */
    public Builder eventLoopThreads(int threads) {
      new OptionChecks(Protocol.UDP).check("event loop threads", threads, 1, 1024);
      this.eventLoopThreads = threads;
      return this;
    }

    /** Of all services together; each takes up to a kilobyte. Default: 100000. */
    public Builder maxFlows(int flows) {
      new OptionChecks(Protocol.UDP).check("max flows", flows, 1, 10_000_000);
      this.maxFlows = flows;
      return this;
    }

    /** Default: {@link UdpEngine#AUTO}. */
    public Builder engine(UdpEngine newEngine) {
      this.engine = newEngine;
      return this;
    }

    /**
     * Who hears what became of each flow, also of each datagram that is a flow of its own
     * (one-packet scheduling, no answers) and of each that was refused; default: nobody. {@link
     * ConnectionListener#wants} can choose some of them.
     */
    public Builder connectionListener(ConnectionListener listener) {
      this.connectionListener = listener;
      return this;
    }

    /** Starts no thread and opens no socket. */
    public UdpTransport build() {
      return new UdpTransport(this);
    }
  }
}
