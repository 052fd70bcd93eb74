package io.jvs.transport.tcp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.Timeouts;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A service and who admits its flows. Guards the event loops against what policies throw. Written
 * by the control side, read by all loops.
 */
final class CarriedService {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());
  private static final int CAUSES_TOLD = 20;

  private final LongAdder policyFailures;
  private final Set<String> causesTold = ConcurrentHashMap.newKeySet();
  private final ServerConnections connections = new ServerConnections();
  private final LoadBalancerListener resets = this::onEvent; // one object
  private volatile Assignment assignment;
  private volatile TcpOptions options;
  private volatile @Nullable Sources sources; // null: as routing says

  CarriedService(Assignment assignment, LongAdder policyFailures) {
    this.assignment = assignment;
    this.options = Place.options(assignment.service());
    this.sources = Sources.of(options.outgoing());
    this.policyFailures = policyFailures;
    assignment.balancer().addListener(resets);
  }

  void follow(Assignment newAssignment) {
    Assignment before = assignment;
    if (newAssignment.balancer() != before.balancer()) {
      newAssignment.balancer().addListener(resets); // and the old one's connections live on
    }
    assignment = newAssignment;
    TcpOptions newOptions = Place.options(newAssignment.service());
    if (!newOptions.outgoing().equals(options.outgoing())) {
      sources = Sources.of(newOptions.outgoing());
    }
    options = newOptions;
    // Unlisted for long enough: what the load balancer had chosen before has come in.
    connections.forget(server -> isUnlisted(server, before) && isUnlisted(server, newAssignment));
  }

  private static boolean isUnlisted(InetSocketAddress server, Assignment assignment) {
    VirtualService service = assignment.service();
    RealServer fallback = service.fallback();
    return (fallback == null || !fallback.address().equals(server))
        && service.realServers().stream().noneMatch(each -> each.address().equals(server));
  }

  private void onEvent(LoadBalancerEvent event) {
    if (event instanceof LoadBalancerEvent.ConnectionsReset reset) {
      connections.reset(reset.server().address());
    }
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
    Flow flow = Flow.tcp(client, local);
    return assignment.service().address() instanceof VirtualAddress.FirewallMark firewall
        ? flow.withMark(firewall.mark())
        : flow;
  }

  /**
   * Whether a client that came in there means this service. Beside those whom TPROXY sends, anybody
   * can connect to the port that it sends them to.
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

  Timeouts timeouts() {
    return assignment.service().timeouts();
  }

  /** The answer of the load balancer, or null if a policy threw something. */
  @Nullable Admission admit(Flow flow, @Nullable Connection failed) {
    LoadBalancer balancer = assignment.balancer();
    try {
      return failed == null ? balancer.admit(flow) : balancer.admitElsewhere(flow, failed);
    } catch (RuntimeException | Error e) { // policies are from outside; the loop serves others too
      policyFailures.increment();
      if (causesTold.size() < CAUSES_TOLD && causesTold.add(cause(e))) {
        LOG.log(
            Level.ERROR,
            assignment.service().name()
                + ": its policy failed, so the client is reset; told once for this cause",
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
