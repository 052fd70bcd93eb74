package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.balancing.Refused;
import io.jvs.model.Flow;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.transport.Gate;
import io.jvs.transport.Pass;
import io.jvs.transport.Transport.Assignment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A service and who admits its flows. Guards the event loops against what policies throw. Written
 * by the control side, read by all loops.
 */
final class CarriedService {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());
  private static final int CAUSES_TOLD = 20;

  private final Counts counts;
  private final List<UdpLoop> loops;
  private final Set<String> causesTold = ConcurrentHashMap.newKeySet();
  private final LoadBalancerListener resets = this::onEvent; // one object
  private final Gate gate;
  private volatile Assignment assignment;
  private volatile UdpOptions options;

  CarriedService(Assignment assignment, List<UdpLoop> loops, Counts counts) {
    this.assignment = assignment;
    this.options = UdpOptions.of(assignment.service());
    this.gate = new Gate(assignment.service());
    this.loops = loops;
    this.counts = counts;
    assignment.balancer().addListener(resets);
  }

  void follow(Assignment newAssignment) {
    if (newAssignment.balancer() != assignment.balancer()) {
      newAssignment.balancer().addListener(resets); // and the old one's flows live on
    }
    gate.follow(newAssignment.service());
    assignment = newAssignment;
    options = UdpOptions.of(newAssignment.service());
  }

  private void onEvent(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.ConnectionsReset reset) {
      InetSocketAddress server = reset.server().address();
      loops.forEach(loop -> loop.execute(() -> loop.endAll(this, server)));
    }
  }

  Assignment assignment() {
    return assignment;
  }

  UdpOptions options() {
    return options;
  }

  Timeouts timeouts() {
    return assignment.service().timeouts();
  }

  boolean isOnePacket() {
    return assignment.service().onePacket();
  }

  /** The client comes in; or it may not, and everybody has been told why. */
  Pass enter(InetAddress client) {
    Pass pass = gate.enter(client);
    Refused.Cause refusal = pass.refusal();
    if (refusal != null) {
      assignment.balancer().refuse(refusal, () -> gate.detail(refusal, client));
    }
    return pass;
  }

  private Flow flow(InetSocketAddress client, InetSocketAddress local) {
    Flow flow = Flow.udp(client, local);
    return assignment.service().address() instanceof VirtualAddress.FirewallMark firewall
        ? flow.withMark(firewall.mark())
        : flow;
  }

  /**
   * Whether a client that asks that address means this service. Beside those whom TPROXY sends,
   * anybody can send to the port that it sends them to.
   */
  boolean isFor(InetSocketAddress local) {
    int port = options.listening().port();
    if (port == 0) {
      return true;
    }
    if (!(assignment.service().address() instanceof VirtualAddress.Endpoint endpoint)) {
      return local.getPort() != port;
    }
    return (endpoint.address().isAnyLocalAddress() || endpoint.address().equals(local.getAddress()))
        && endpoint.ports().contains(local.getPort())
        && (local.getPort() != port || !endpoint.ports().isAll());
  }

  /** A datagram of nobody, since its beginning does not say whose it is as it must. */
  void refuseStart(String detail) {
    assignment.balancer().refuse(Refused.Cause.BAD_START, () -> detail);
  }

  /** The answer of the load balancer, or null if a policy threw something. */
  @Nullable Admission admit(
      InetSocketAddress client, InetSocketAddress local, @Nullable Connection failed) {
    LoadBalancer balancer = assignment.balancer();
    try {
      Flow flow = flow(client, local);
      return failed == null ? balancer.admit(flow) : balancer.admitElsewhere(flow, failed);
    } catch (RuntimeException | Error e) { // policies are from outside; the loop serves others too
      counts.policyFailures.increment();
      if (causesTold.size() < CAUSES_TOLD && causesTold.add(cause(e))) {
        LOG.log(
            Level.ERROR,
            assignment.service().name()
                + ": its policy failed, so the datagram is dropped; told once for this cause",
            e);
      }
      return null;
    }
  }

  /** Where it was thrown, so that a message with changing details is one cause. */
  private static String cause(Throwable e) {
    StackTraceElement[] stack = e.getStackTrace();
    return e.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
  }
}
