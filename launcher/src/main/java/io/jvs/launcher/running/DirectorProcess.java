package io.jvs.launcher.running;

import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.ServerStatus;
import io.jvs.balancing.ServiceControl;
import io.jvs.balancing.ServiceStatus;
import io.jvs.director.Director;
import io.jvs.health.Finding;
import io.jvs.health.HealthMonitor;
import io.jvs.kernel.ipvs.IpvsTransport;
import io.jvs.launcher.Version;
import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.configuration.ConfigurationException;
import io.jvs.launcher.configuration.ConnectionLogSettings;
import io.jvs.launcher.configuration.Housekeeping;
import io.jvs.launcher.configuration.Problem;
import io.jvs.launcher.control.ConnectionSelection;
import io.jvs.launcher.control.ConnectionsReport;
import io.jvs.launcher.control.ControlActions;
import io.jvs.launcher.control.ExplainReport;
import io.jvs.launcher.control.OrderRequest;
import io.jvs.launcher.control.ReloadReport;
import io.jvs.launcher.control.StatusReport;
import io.jvs.model.Durations;
import io.jvs.model.VirtualService;
import io.jvs.transport.TransportException;
import io.jvs.transport.tcp.TcpTransport;
import io.jvs.transport.udp.UdpTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A director that runs what a file says, and follows the file when told to. Any thread may call it;
 * reloads run one after the other.
 */
public final class DirectorProcess implements ControlActions {
  private static final Logger LOG = LoggerFactory.getLogger(DirectorProcess.class);
  private static final long DRAIN_REPORT_SECONDS = 5;
  private static final long HOUSEKEEPING_MILLIS = 1000;

  private final Path file;
  private final ConfigurationSource source;
  private final Metrics metrics;
  private final ConnectionLog connectionLog = new ConnectionLog();
  private final TcpTransport tcp;
  private final ChosenTransport<UdpTransport> udp;
  private final IpvsTransport ipvs;
  private final InBandServices inBand;
  private final Director director;
  private final Instant started = now();
  private volatile Configuration configuration;
  private volatile Set<String> inKernel; // names of services; what the transports go by
  private volatile @Nullable ReloadReport lastReload;
  private volatile boolean draining;
  private final MaintenanceDirectory maintenance = new MaintenanceDirectory(); // housekeeper only
  private final ScheduledExecutorService housekeeper =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "jvs-housekeeping");
            thread.setDaemon(true);
            return thread;
          });
  private @Nullable StateFile stateFile; // housekeeper only, but for the start

  /**
   * Opens nothing yet.
   *
   * @param source reads the file
   * @param configuration what it has just read
   */
  public DirectorProcess(Path file, ConfigurationSource source, Configuration configuration) {
    this.file = file;
    this.source = source;
    this.configuration = configuration;
    this.inKernel = configuration.inKernel();
    this.udp =
        new ChosenTransport<>(
            "udp",
            () -> Transports.udp(configuration.udp(), connectionLog),
            service -> isUserspace(service) && Transports.mayBeUdp(service));
    this.tcp = Transports.tcp(configuration.tcp(), connectionLog, this::descriptorsOfUdp);
    this.ipvs = Transports.ipvs(configuration.ipvs());
    this.metrics = new Metrics(tcp, udp::used, ipvs, connectionLog);
    StateFile.State known = StateFile.State.EMPTY;
    if (configuration.housekeeping().state() != null) {
      stateFile = new StateFile(configuration.housekeeping().state());
      known = stateFile.read();
    }
    HealthMonitor health = new HealthMonitor();
    health.remember(known.findings());
    this.inBand = new InBandServices(health);
    this.director =
        Director.builder()
            .schedulers(configuration.policies().schedulers())
            .transport(udp) // told before tcp, which leaves to it the descriptors that it takes
            .transport(new ChosenTransport<>("tcp", () -> tcp, this::isUserspace))
            .transport(new ChosenTransport<>("ipvs", () -> ipvs, each -> !isUserspace(each)))
            .listener(inBand)
            .listener(metrics)
            .health(health)
            .orders(known.orders())
            .build();
  }

  private int descriptorsOfUdp() {
    UdpTransport present = udp.used();
    return present == null ? 0 : present.mostDescriptors();
  }

  /** Its protocol says by which of the proxies. */
  private boolean isUserspace(VirtualService service) {
    return !inKernel.contains(service.name());
  }

  /**
   * Carries the services of the file from now on.
   *
   * @throws TransportException if the system does not allow it, such as an address in use; then it
   *     is closed
   */
  public synchronized void start() {
    try {
      followConnectionLog(configuration);
      director.apply(configuration.services());
      maintenance.follow(configuration.housekeeping().maintenance(), director.balancers());
      var unused =
          housekeeper.scheduleWithFixedDelay(
              this::keepHouse, HOUSEKEEPING_MILLIS, HOUSEKEEPING_MILLIS, TimeUnit.MILLISECONDS);
      inBand.follow(director, configuration.inBand());
      warn(configuration);
    } catch (RuntimeException e) { // the transport's, as documented
      director.close();
      connectionLog.close();
      throw e;
    }
  }

  private void followConnectionLog(Configuration next) {
    ConnectionLogSettings wanted = next.connectionLog();
    try {
      connectionLog.use(wanted, ConnectionLog.open(wanted));
    } catch (IOException e) {
      throw new TransportException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Every now and then: what files say, and what files shall say. */
  private void keepHouse() {
    try {
      Housekeeping wanted = configuration.housekeeping();
      maintenance.follow(wanted.maintenance(), director.balancers());
      StateFile file = stateFile;
      if (wanted.state() == null) {
        stateFile = null;
        return;
      }
      if (file == null || !file.path().equals(wanted.state())) {
        file = new StateFile(wanted.state());
        stateFile = file;
      }
      List<Finding> findings = director.health().findings().get(5, TimeUnit.SECONDS);
      file.write(new StateFile.State(findings, director.orders()));
    } catch (RuntimeException | ExecutionException | TimeoutException e) { // must not end it
      LOG.warn("housekeeping failed, trying again: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the process stops
    }
  }

  /** What listens where, for people. */
  public String services() {
    return configuration.services().stream()
        .map(VirtualService::address)
        .map(Objects::toString)
        .collect(Collectors.joining(", "));
  }

  @Override
  public synchronized ReloadReport reload() {
    List<String> problems = draining ? List.of("the director is stopping") : follow();
    ReloadReport report = new ReloadReport(now().toString(), problems.isEmpty(), problems);
    if (report.applied()) {
      LOG.info("reloaded {}: {}", file, services());
    } else {
      reopenConnectionLog();
      LOG.error("{} not reloaded, all stays as it was", file);
      problems.forEach(problem -> LOG.error("{}", problem));
    }
    lastReload = report;
    return report;
  }

  /** Whoever has moved the file away and says so is right, whatever is wrong elsewhere. */
  private void reopenConnectionLog() {
    try {
      connectionLog.reopen();
    } catch (IOException e) {
      LOG.error("{}", e.getMessage());
    }
  }

  private List<String> follow() {
    String hint = "";
    try {
      Configuration next = source.read();
      if (!next.policies().jars().equals(configuration.policies().jars())) {
        hint = " (policies has changed too; that takes effect at the next start)";
      }
      ConnectionLogSettings log = next.connectionLog();
      ConnectionSink sink = ConnectionLog.open(log); // before anything has changed
      try {
        inKernel = next.inKernel();
        director.apply(next.services());
      } catch (TransportException | IllegalArgumentException e) {
        ConnectionLog.closeQuietly(sink);
        throw e;
      }
      connectionLog.use(log, sink);
      inBand.follow(director, next.inBand());
      sayWhatWaits(configuration, next);
      configuration = next;
      warn(next);
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems().stream().map(Problem::toString).toList();
    } catch (TransportException | IllegalArgumentException | IOException e) {
      inKernel = configuration.inKernel();
      return List.of(file + ": " + e.getMessage() + hint);
    }
  }

  private static void warn(Configuration configuration) {
    configuration.warnings().forEach(warning -> LOG.warn("{}", warning));
  }

  private static void sayWhatWaits(Configuration before, Configuration after) {
    if (!before.tcp().equals(after.tcp())) {
      LOG.warn("transport.tcp has changed; that takes effect at the next start");
    }
    if (!before.udp().equals(after.udp())) {
      LOG.warn("transport.udp has changed; that takes effect at the next start");
    }
    if (!before.ipvs().equals(after.ipvs())) {
      LOG.warn("transport.ipvs has changed; that takes effect at the next start");
    }
    if (!before.policies().jars().equals(after.policies().jars())) {
      LOG.warn("policies has changed; that takes effect at the next start");
    }
    if (!Objects.equals(before.control(), after.control())) {
      LOG.warn("control has changed; that takes effect at the next start");
    }
  }

  /** Admits nothing more and waits for present connections, as long as the file allows. */
  public void drain() {
    draining = true;
    housekeeper.shutdown();
    try {
      if (housekeeper.awaitTermination(HOUSEKEEPING_MILLIS, TimeUnit.MILLISECONDS)) {
        keepHouse(); // for the last time: closing forgets
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then without it
    }
    Duration limit = configuration.drain();
    LOG.info(
        "stopping: nothing new is accepted; {} connections have {} to end (a second signal ends them"
            + " at once)",
        connections(),
        Durations.format(limit));
    long start = System.nanoTime();
    ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor();
    var unused =
        reporter.scheduleAtFixedRate(
            () -> LOG.info("stopping: {} connections left", connections()),
            DRAIN_REPORT_SECONDS,
            DRAIN_REPORT_SECONDS,
            TimeUnit.SECONDS);
    try {
      director.close(limit);
    } finally {
      reporter.shutdownNow();
      connectionLog.close(); // after the ends that this has brought
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    LOG.info(
        "stopped after {} ms{}",
        took.toMillis(),
        took.compareTo(limit) < 0 ? "" : "; what was still open then has been cut off");
  }

  /** For people, who do not care for nanoseconds. */
  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private int connections() {
    return director.status().stream().mapToInt(ServiceStatus::connections).sum();
  }

  @Override
  public StatusReport status() {
    return new StatusReport(
        StatusReport.FORMAT,
        Version.text(),
        ProcessHandle.current().pid(),
        draining ? "draining" : "running",
        file.toString(),
        started.toString(),
        lastReload,
        StatusReport.Tcp.of(tcp.status()),
        udpReport(),
        inKernel.isEmpty() ? null : StatusReport.Ipvs.of(ipvs.status()),
        director.status().stream().map(StatusReport.Service::of).toList());
  }

  private StatusReport.@Nullable Udp udpReport() {
    UdpTransport present = udp.used();
    return present == null ? null : StatusReport.Udp.of(present.status());
  }

  @Override
  public ExplainReport explain(String service, InetSocketAddress server) {
    LoadBalancer balancer = director.balancer(service);
    ServerStatus status = balancer.status(server);
    return ExplainReport.of(
        balancer.control().explain(server),
        status == null ? 0 : status.active() + status.inactive());
  }

  @Override
  public ExplainReport order(OrderRequest request) {
    ServiceControl control = director.balancer(request.service()).control();
    control.order(request.server(), Orderer.OPERATOR, request.order());
    return explain(request.service(), request.server());
  }

  @Override
  public ConnectionsReport connections(ConnectionSelection selection) {
    UdpTransport flows = udp.used();
    return ConnectionsReport.of(
        flows == null ? tcp.connections() : Stream.concat(tcp.connections(), flows.connections()),
        selection);
  }

  @Override
  public ConnectionsReport resetConnections(ConnectionSelection selection, String who) {
    ConnectionsReport before = connections(selection);
    int reset = tcp.reset(selection.which(), "reset by " + who);
    UdpTransport flows = udp.used();
    if (flows != null) {
      reset += flows.reset(selection.which(), "reset by " + who);
    }
    LOG.info("{} connections are reset by {}", reset, who);
    return new ConnectionsReport(before.present(), reset, before.connections());
  }

  @Override
  public String metrics() {
    return metrics.scrape();
  }
}
