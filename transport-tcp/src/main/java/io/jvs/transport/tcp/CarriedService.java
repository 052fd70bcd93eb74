package io.jvs.transport.tcp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Intake;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.balancing.Refused.Cause;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.ServiceLimits;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualService;
import io.jvs.transport.Gate;
import io.jvs.transport.Pass;
import io.jvs.transport.PolicyFailures;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.listening.Hearing;
import io.jvs.transport.listening.ServiceSockets;
import java.lang.System.Logger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A service and who admits its flows. Guards the event loops against what policies throw. Written
 * by the control side, read by all loops.
 */
final class CarriedService {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  /** Instead of an answer: the client waits. */
  static final Admission FULL = new Refused("", Cause.ALL_FULL, List.of());

  private final LongAdder policyFailures;
  private final PolicyFailures failures = new PolicyFailures(LOG);
  private final ServerConnections connections = new ServerConnections();
  private final Hearing hearing = new Hearing(new Entrance(), connections::reset);
  private final AdmissionQueue.Source source = new Servers();
  private final Gate gate;
  private final AdmissionQueue queue;
  private volatile Assignment assignment;
  private volatile TcpOptions options;
  private volatile ServiceSockets sockets;
  private volatile @Nullable Sources sources; // null: as routing says

  CarriedService(Assignment assignment, LongAdder policyFailures, ScheduledExecutorService timer) {
    this.assignment = assignment;
    this.options = TcpOptions.of(assignment.service());
    this.sockets = TcpOptions.sockets(assignment.service());
    this.sources = Sources.of(options.outgoing());
    this.policyFailures = policyFailures;
    this.gate = new Gate(assignment.service());
    this.queue = new AdmissionQueue(source, timer);
  }

  /** Goes by this from now on; the first time it is carried. */
  void follow(Assignment newAssignment) {
    Assignment before = assignment;
    hearing.follow(newAssignment.balancer()); // and connections of the old one live on
    gate.follow(newAssignment.service());
    assignment = newAssignment;
    TcpOptions newOptions = TcpOptions.of(newAssignment.service());
    if (!newOptions.outgoing().equals(options.outgoing())) {
      sources = Sources.of(newOptions.outgoing());
    }
    options = newOptions;
    sockets = TcpOptions.sockets(newAssignment.service());
    // Unlisted for long enough: what the load balancer had chosen before has come in.
    connections.forget(server -> isUnlisted(server, before) && isUnlisted(server, newAssignment));
  }

  private static boolean isUnlisted(InetSocketAddress server, Assignment assignment) {
    VirtualService service = assignment.service();
    RealServer fallback = service.fallback();
    return (fallback == null || !fallback.address().equals(server))
        && service.realServers().stream().noneMatch(each -> each.address().equals(server));
  }

  ServerConnections connections() {
    return connections;
  }

  Assignment assignment() {
    return assignment;
  }

  TcpOptions options() {
    return options;
  }

  @Nullable Sources sources() {
    return sources;
  }

  /** Of a client that connected there. */
  Flow flow(InetSocketAddress client, InetSocketAddress local) {
    return sockets.flow(client, local);
  }

  /**
   * Whether a client that came in there means this service. Beside those whom TPROXY sends, anybody
   * can connect to the port that it sends them to.
   */
  boolean isFor(InetSocketAddress local) {
    return sockets.isFor(local);
  }

  Timeouts timeouts() {
    return assignment.service().timeouts();
  }

  /** Carried no more; those who wait are refused, and present connections live on. */
  void close() {
    queue.close();
  }

  /** Hears no more of servers whose connections are to be reset. */
  void leave() {
    hearing.leave();
  }

  /** The client comes in; or it may not, and everybody has been told why. Any thread. */
  Pass enter(InetAddress client) {
    return gate.enter(client, assignment.balancer());
  }

  /** A connection has ended: somebody who waits may have its place. */
  void madeRoom() {
    queue.look();
  }

  /**
   * The answer of the load balancer; null if the client is to be reset, and everybody has been told
   * why; or {@link #FULL} if it may {@link #await}.
   *
   * @param failed where the flow has been in vain, or null for a new one
   */
  @Nullable Admission admit(Flow flow, @Nullable Connection failed) {
    if (assignment.service().limits().queue() == null) {
      return ask(flow, failed, false);
    }
    // One that has been with a server already does not stand behind those who have not.
    if (!queue.isEmpty() && failed == null) {
      return FULL;
    }
    Admission answer = ask(flow, failed, true);
    if (answer != FULL) {
      queue.passed();
    }
    return answer;
  }

  /** As {@link #admit}; with {@link #FULL} it waits, and gets its answer later. */
  @Nullable Admission await(Waiter waiter) {
    ServiceLimits.Queue rules = source.rules();
    if (rules == null) { // not any more
      return ask(waiter.flow, waiter.failed, false);
    }
    Cause obstacle = queue.add(waiter, rules);
    return obstacle == null ? FULL : source.giveUp(waiter, obstacle);
  }

  /**
   * A client that waits has gone.
   *
   * @return false if it does not wait any more: its answer is on the way
   */
  boolean leaveQueue(Waiter waiter) {
    return queue.remove(waiter);
  }

  /** Where those who wait get their servers from. */
  private final class Servers implements AdmissionQueue.Source {
    @Override
    public String service() {
      return assignment.service().name();
    }

    @Override
    public ServiceLimits.@Nullable Queue rules() {
      return assignment.service().limits().queue();
    }

    @Override
    public @Nullable Admission admit(Waiter waiter) {
      return ask(waiter.flow, waiter.failed, true);
    }

    @Override
    public @Nullable Admission giveUp(Waiter waiter, Cause cause) {
      LoadBalancer balancer = assignment.balancer();
      if (cause == Cause.CLOSED) {
        balancer.refuse(cause, () -> "no longer served");
        return null;
      }
      if (cause == Cause.ALL_FULL) {
        return ask(waiter.flow, waiter.failed, false);
      }
      return balancer.fallBack(
          waiter.flow,
          waiter.failed,
          cause,
          () ->
              cause == Cause.QUEUE_FULL
                  ? queue.size() + " clients wait already"
                  : "has waited for " + Reasons.text(rounded(waiter)));
    }

    private Duration rounded(Waiter waiter) {
      return Duration.ofMillis(Duration.ofNanos(AdmissionQueue.waitNanos(waiter)).toMillis());
    }
  }

  /** What the load balancer can see and tell of those who come in. */
  private final class Entrance implements Intake {
    @Override
    public @Nullable IntakeStatus status() {
      return assignment.service().limits().equals(ServiceLimits.NONE) && queue.isEmpty()
          ? null
          : new IntakeStatus(
              gate.connections(),
              queue.size(),
              queue.longestWait(),
              queue.waited(),
              queue.waitedTogether(),
              gate.clients(),
              gate.unknownClients(),
              gate.droppedPackets());
    }

    @Override
    public void serversChanged() {
      queue.look();
    }
  }

  /** Null if a policy threw something. */
  private @Nullable Admission ask(Flow flow, @Nullable Connection failed, boolean mayWait) {
    LoadBalancer balancer = assignment.balancer();
    try {
      if (mayWait) {
        Admission answer = balancer.admitUnlessFull(flow, failed);
        return answer == null ? FULL : answer;
      }
      return failed == null ? balancer.admit(flow) : balancer.admitElsewhere(flow, failed);
    } catch (RuntimeException | Error e) { // policies are from outside; the loop serves others too
      policyFailures.increment();
      failures.met(assignment.service().name(), "the client is reset", e);
      return null;
    }
  }

  /** The client will not be offered to any server. */
  void refuse(Cause cause, String detail) {
    assignment.balancer().refuse(cause, () -> detail);
  }

  /** Whether a client with this key has a server. */
  boolean remembers(String key) {
    return assignment.balancer().remembers(key);
  }

  /** Clients with this key belong to the connection's server from now on. */
  void remember(String key, Connection connection) {
    assignment.balancer().remember(key, connection);
  }
}
