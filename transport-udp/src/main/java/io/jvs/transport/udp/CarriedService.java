package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Intake;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Refused;
import io.jvs.model.Flow;
import io.jvs.model.ServiceLimits;
import io.jvs.model.Timeouts;
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
import org.jspecify.annotations.Nullable;

/**
 * A service and who admits its flows. Guards the event loops against what policies throw. Written
 * by the control side, read by all loops.
 */
final class CarriedService implements Intake {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  private final List<UdpLoop> loops;
  private final Counts counts;
  private final PolicyFailures failures = new PolicyFailures(LOG);
  private final Hearing hearing = new Hearing(this, this::reset);
  private final Gate gate;
  private volatile Assignment assignment;
  private volatile UdpOptions options;
  private volatile ServiceSockets sockets;
  private volatile @Nullable QuicRoutes quic;

  CarriedService(Assignment assignment, List<UdpLoop> loops, Counts counts) {
    this.assignment = assignment;
    this.options = UdpOptions.of(assignment.service());
    this.sockets = UdpOptions.sockets(assignment.service());
    this.gate = new Gate(assignment.service());
    this.loops = loops;
    this.counts = counts;
    this.quic = QuicRoutes.of(assignment.service(), null, counts);
  }

  /** Goes by this from now on; the first time it is carried. */
  void follow(Assignment newAssignment) {
    hearing.follow(newAssignment.balancer()); // and flows of the old one live on
    gate.follow(newAssignment.service());
    assignment = newAssignment;
    options = UdpOptions.of(newAssignment.service());
    sockets = UdpOptions.sockets(newAssignment.service());
    quic = QuicRoutes.of(newAssignment.service(), quic, counts);
  }

  /**
   * Carried no more, and present flows live on; hears no more of servers to be reset, and forgets
   * connection ids.
   */
  void leave() {
    hearing.leave();
    QuicRoutes.forget(quic);
  }

  private void reset(InetSocketAddress server, String reason) {
    loops.forEach(loop -> loop.execute(() -> loop.endAll(this, server, reason)));
  }

  Assignment assignment() {
    return assignment;
  }

  UdpOptions options() {
    return options;
  }

  /** How connections of QUIC are known, or null if the service does not go by them. */
  @Nullable QuicRoutes quic() {
    return quic;
  }

  Timeouts timeouts() {
    return assignment.service().timeouts();
  }

  boolean isOnePacket() {
    return assignment.service().onePacket();
  }

  /** The client comes in; or it may not, and everybody has been told why. */
  Pass enter(InetAddress client) {
    return gate.enter(client, assignment.balancer());
  }

  /** Whether {@link #packets} is to be asked. */
  boolean limitsPackets() {
    return gate.limitsPackets();
  }

  /** How many of so many that a client has sent may go on; the others are counted and told. */
  int packets(boolean ipv6, long high, long low, int wanted) {
    return gate.packets(ipv6, high, low, wanted);
  }

  /** To be called now and then. */
  void calm() {
    gate.lookAtPackets();
  }

  /** What the load balancer can see of those who come in; nobody waits. */
  @Override
  public @Nullable IntakeStatus status() {
    return assignment.service().limits().equals(ServiceLimits.NONE)
        ? null
        : new IntakeStatus(
            gate.connections(),
            0,
            Duration.ZERO,
            0,
            Duration.ZERO,
            gate.clients(),
            gate.unknownClients(),
            gate.droppedPackets());
  }

  @Override
  public void serversChanged() {}

  /**
   * Whether a client that asks that address means this service. Beside those whom TPROXY sends,
   * anybody can send to the port that it sends them to.
   */
  boolean isFor(InetSocketAddress local) {
    return sockets.isFor(local);
  }

  /** A datagram of nobody, since its beginning does not say whose it is as it must. */
  void refuseStart(String detail) {
    assignment.balancer().refuse(Refused.Cause.BAD_START, () -> detail);
  }

  /**
   * The answer of the load balancer, or null if a policy threw something.
   *
   * @param failed what it had before, or null for a new flow
   * @param wanted the real server that it belongs to, if it is new and that is known
   */
  @Nullable Admission admit(
      InetSocketAddress client,
      InetSocketAddress local,
      @Nullable Connection failed,
      @Nullable InetSocketAddress wanted) {
    LoadBalancer balancer = assignment.balancer();
    try {
      Flow flow = sockets.flow(client, local);
      if (wanted != null) {
        return balancer.admitTo(wanted, flow);
      }
      return failed == null ? balancer.admit(flow) : balancer.admitElsewhere(flow, failed);
    } catch (RuntimeException | Error e) { // policies are from outside; the loop serves others too
      failures.met(assignment.service().name(), "the datagram is dropped", e);
      return null;
    }
  }
}
