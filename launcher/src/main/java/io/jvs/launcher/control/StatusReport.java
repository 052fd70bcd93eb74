package io.jvs.launcher.control;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.Down;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceStatus;
import io.jvs.kernel.ipvs.IpvsStatus;
import io.jvs.transport.tcp.TcpStatus;
import java.time.temporal.ChronoUnit;
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
   */
  public record Tcp(
      String engine,
      int connections,
      int maxConnections,
      long refusedWhenFull,
      long acceptFailures,
      long policyFailures) {

    /** The transport as JSON says it. */
    public static Tcp of(TcpStatus status) {
      return new Tcp(
          status.engine(),
          status.connections(),
          status.maxConnections(),
          status.refusedWhenFull(),
          status.acceptFailures(),
          status.policyFailures());
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
   * @param refused flows that found no server, by cause; causes that did not occur are absent
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
      Map<String, Long> refused,
      List<Server> servers,
      List<Server> removed,
      @Nullable Server fallback) {

    /** The service as JSON says it. */
    public static Service of(ServiceStatus status) {
      Map<String, Long> refused = new TreeMap<>();
      status.refused().forEach((cause, count) -> refused.put(cause.toString(), count));
      var persistence = status.service().persistence();
      var correction = status.service().weightCorrection();
      var subset = status.service().subset();
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
          refused,
          status.servers().stream().map(Server::of).toList(),
          status.removed().stream().map(Server::of).toList(),
          status.fallback() == null ? null : Server.of(status.fallback()));
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
      long bytesIn,
      long bytesOut) {

    static Server of(ServerStatus status) {
      Down down = status.down();
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
          status.bytesFromClients(),
          status.bytesToClients());
    }
  }
}
