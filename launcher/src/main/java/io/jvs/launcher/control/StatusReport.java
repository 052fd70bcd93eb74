package io.jvs.launcher.control;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.Down;
import io.jvs.balancing.DurationHistogram;
import io.jvs.balancing.Fault;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.kernel.ipvs.IpvsStatus;
import io.jvs.model.AccessList;
import io.jvs.model.ServiceLimits;
import io.jvs.transport.tcp.TcpStatus;
import io.jvs.transport.udp.UdpStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A running director as JSON says it. Fields are added over time; none changes its meaning or goes
 * away without another {@code format}.
 *
 * @param format {@value #FORMAT}
 * @param version of JVS
 * @param state {@code running} or {@code draining}
 * @param file the configuration file
 * @param started since when the process runs, as ISO 8601 in UTC
 * @param lastReload the latest attempt to read the file again, or null if there was none
 * @param tcp the transport, for all services together
 * @param udp the transport, or null if it has never carried anything
 * @param ipvs the kernel, for all services that it carries together, or null if there are none
 */
public record StatusReport(
    int format,
    String version,
    long pid,
    String state,
    String file,
    String started,
    @Nullable ReloadReport lastReload,
    Tcp tcp,
    @Nullable Udp udp,
    @Nullable Ipvs ipvs,
    List<Service> services) {
  public static final int FORMAT = 1;

  public StatusReport {
    services = List.copyOf(services);
  }

  /**
   * The TCP transport.
   *
   * @param engine what moves the bytes: {@code epoll}, {@code io_uring} or {@code nio}
   * @param connections clients that are connecting, connected or closing
   * @param maxConnections how many of them there may be
   * @param refusedWhenFull clients reset so far because there were that many
   * @param acceptFailures times that accepting or connecting failed on this machine, such as for
   *     want of file descriptors
   * @param policyFailures clients reset so far because a policy threw an exception
   * @param withoutKey clients served so far without the key that their service looks for in first
   *     bytes
   */
  public record Tcp(
      String engine,
      int connections,
      int maxConnections,
      long refusedWhenFull,
      long acceptFailures,
      long policyFailures,
      long withoutKey) {

    /** The transport as JSON says it. */
    public static Tcp of(TcpStatus status) {
      return new Tcp(
          status.engine(),
          status.connections(),
          status.maxConnections(),
          status.refusedWhenFull(),
          status.acceptFailures(),
          status.policyFailures(),
          status.withoutKey());
    }
  }

  /**
   * The UDP transport; counts are since the start.
   *
   * @param engine what moves the datagrams: {@code epoll} or {@code nio}
   * @param flows clients at virtual addresses
   * @param maxFlows how many of them there may be
   * @param evicted flows that ended before their time, because there were that many
   * @param sourcePorts ports from which real servers are asked
   * @param dropped datagrams that were not passed on, by reason; one that the engine hears nothing
   *     of is missing
   * @param quicIds connection ids of QUIC that are remembered
   * @param quicIdsEvicted those forgotten before their time, for want of room
   * @param quicFollowed flows that went to the real server of their connection id
   * @param unreachableTold clients told by ICMP that no real server takes what they send
   */
  public record Udp(
      String engine,
      int flows,
      int maxFlows,
      long evicted,
      int sourcePorts,
      Map<String, Long> dropped,
      int quicIds,
      long quicIdsEvicted,
      long quicFollowed,
      long unreachableTold) {

    /** The transport as JSON says it. */
    public static Udp of(UdpStatus status) {
      return new Udp(
          status.engine(),
          status.flows(),
          status.maxFlows(),
          status.evicted(),
          status.sourcePorts(),
          dropped(status),
          status.quicIds(),
          status.quicIdsEvicted(),
          status.quicFollowed(),
          status.unreachableTold());
    }

    private static Map<String, Long> dropped(UdpStatus status) {
      Map<String, Long> dropped = new LinkedHashMap<>();
      status.drops().forEach((why, count) -> dropped.put(why.toString(), count));
      return dropped;
    }
  }

  /**
   * The kernel's table.
   *
   * @param trouble why the kernel cannot be asked at the moment, or null
   * @param services of this director in the table, those that are leaving included
   * @param destinations likewise
   * @param leaving of the destinations those that wait for their connections to end
   * @param steps changes of the table made so far
   * @param rejected changes that the kernel refused so far
   * @param mended services put right so far after somebody else had changed them
   */
  public record Ipvs(
      @Nullable String trouble,
      int services,
      int destinations,
      int leaving,
      long steps,
      long rejected,
      long mended) {

    /** The transport as JSON says it. */
    public static Ipvs of(IpvsStatus status) {
      return new Ipvs(
          status.trouble(),
          status.services(),
          status.destinations(),
          status.leaving(),
          status.steps(),
          status.rejected(),
          status.mended());
    }
  }

  /**
   * A virtual service.
   *
   * @param persistence as text, or null if there is none
   * @param onePacket whether each datagram is scheduled anew
   * @param weightCorrection how weights follow connection limits, as text, or null if they do not
   * @param preferredZone whose servers go first, or null
   * @param subset as text, such as {@code subset of 20 for client-7}, or null for all servers
   * @param pool real servers in the file; with a subset there are fewer {@code servers}
   * @param connections of all its servers, active and inactive
   * @param templatesEvicted clients forgotten before their time, or not remembered, for want of
   *     room
   * @param access as text, or null if everybody may come in
   * @param limits as text, or null if there are none
   * @param intake clients that have come in or wait, or null if the service has no limits
   * @param refused flows that were refused or found no server, by cause; causes that did not occur
   *     are absent
   * @param durations by part, {@code connect}, {@code first-byte} and {@code total}; parts that
   *     were never measured are absent
   * @param servers in list order, newest first
   * @param removed servers no longer in the file whose connections live on
   */
  public record Service(
      String name,
      String address,
      String scheduler,
      @Nullable String persistence,
      boolean onePacket,
      @Nullable String weightCorrection,
      @Nullable String preferredZone,
      @Nullable String subset,
      int pool,
      int connections,
      int templates,
      long templatesEvicted,
      boolean panic,
      boolean quorumLost,
      @Nullable String access,
      @Nullable String limits,
      @Nullable Intake intake,
      Map<String, Long> refused,
      Map<String, Durations> durations,
      List<Server> servers,
      List<Server> removed,
      @Nullable Server fallback) {

    /** The service as JSON says it. */
    public static Service of(ServiceStatus status) {
      Map<String, Long> refused = new TreeMap<>();
      status.refused().forEach((cause, count) -> refused.put(cause.toString(), count));
      Map<String, Durations> durations = new LinkedHashMap<>();
      new TreeMap<>(status.durations())
          .forEach((part, seen) -> durations.put(part.toString(), Durations.of(seen)));
      var persistence = status.service().persistence();
      var correction = status.service().weightCorrection();
      var subset = status.service().subset();
      var access = status.service().access();
      var limits = status.service().limits();
      var intake = status.intake();
      return new Service(
          status.service().name(),
          status.service().address().toString(),
          status.service().scheduler().toString(),
          persistence == null ? null : persistence.toString(),
          status.service().onePacket(),
          correction == null ? null : correction.toString(),
          status.service().preferredZone(),
          subset == null ? null : subset.toString(),
          status.service().realServers().size(),
          status.connections(),
          status.templates(),
          status.templatesEvicted(),
          status.panic(),
          status.quorumLost(),
          access.equals(AccessList.EVERYBODY) ? null : access.toString(),
          limits.equals(ServiceLimits.NONE) ? null : limits.toString(),
          intake == null ? null : Intake.of(intake, limits),
          refused,
          durations,
          status.servers().stream().map(Server::of).toList(),
          status.removed().stream().map(Server::of).toList(),
          status.fallback() == null ? null : Server.of(status.fallback()));
    }
  }

  /**
   * Clients on their way in.
   *
   * @param counted whether connections are counted: not if packets alone are limited
   * @param connections open ones that count for the limits, those that wait included
   * @param maxConnections of the service, or 0 for no limit
   * @param waiting clients that wait for a server
   * @param queueLength how many may, or 0 if there is no queue
   * @param longestWait seconds that the one at the head of the queue has waited
   * @param waited clients that have waited so far
   * @param clients known one by one, because each has limits
   * @param unknownClients connections so far whose clients could not be known, for want of room
   * @param droppedPackets so far, because their clients sent more than they may
   */
  public record Intake(
      boolean counted,
      int connections,
      int maxConnections,
      int waiting,
      int queueLength,
      double longestWait,
      long waited,
      int clients,
      long unknownClients,
      long droppedPackets) {

    static Intake of(IntakeStatus status, ServiceLimits limits) {
      var queue = limits.queue();
      return new Intake(
          !limits.withPacketsPerClient(null).equals(ServiceLimits.NONE),
          status.connections(),
          limits.connections(),
          status.waiting(),
          queue == null ? 0 : queue.length(),
          status.longestWait().toMillis() / 1000.0,
          status.waited(),
          status.clients(),
          status.unknownClients(),
          status.droppedPackets());
    }
  }

  /**
   * How long something took since the start, in milliseconds. A quantile is what this part of the
   * connections did not exceed, within a quarter at worst.
   */
  public record Durations(
      long count, double meanMs, double p50Ms, double p90Ms, double p99Ms, double p999Ms) {

    static Durations of(DurationHistogram.Snapshot seen) {
      return new Durations(
          seen.count(),
          seen.count() == 0 ? 0 : millis(seen.sum().dividedBy(seen.count())),
          millis(seen.quantile(0.5)),
          millis(seen.quantile(0.9)),
          millis(seen.quantile(0.99)),
          millis(seen.quantile(0.999)));
    }

    private static double millis(Duration duration) {
      return Math.round(duration.toNanos() / 1e3) / 1e3; // microseconds are enough
    }
  }

  /**
   * A real server.
   *
   * @param weight the effective one; {@code configuredWeight} is that of the file
   * @param weightReason why and since when the two differ, or null if they do not
   * @param state {@code up}, {@code down}, {@code quiesced} or {@code full}
   * @param since when it went down, as ISO 8601 in UTC, or null if it is not down
   * @param reason why it is down, or null
   * @param opened connections ever given to it
   * @param failed those of them that failed
   * @param failures the same by fault; faults that did not occur are absent
   * @param bytesIn payload sent on to it
   * @param bytesOut payload received from it
   */
  public record Server(
      String address,
      String forwarding,
      double weight,
      int configuredWeight,
      @Nullable String weightReason,
      String state,
      @Nullable String since,
      @Nullable String reason,
      List<String> orders,
      Map<String, String> warnings,
      int active,
      int inactive,
      int templates,
      long opened,
      long failed,
      Map<String, Long> failures,
      long bytesIn,
      long bytesOut) {

    static Server of(ServerStatus status) {
      Down down = status.down();
      Map<String, Long> failures = new LinkedHashMap<>();
      new TreeMap<Fault, Long>(status.failures())
          .forEach((fault, count) -> failures.put(fault.toString(), count));
      return new Server(
          status.server().name(),
          status.server().forwarding().toString(),
          status.weight(),
          status.server().weight(),
          status.weightReason(),
          status.state(),
          down == null ? null : down.since().truncatedTo(ChronoUnit.SECONDS).toString(),
          down == null ? null : down.reason(),
          status.orders().stream().map(AdminOrder::toString).toList(),
          status.warnings(),
          status.active(),
          status.inactive(),
          status.templates(),
          status.opened(),
          status.failed(),
          failures,
          status.bytesFromClients(),
          status.bytesToClients());
    }
  }
}
