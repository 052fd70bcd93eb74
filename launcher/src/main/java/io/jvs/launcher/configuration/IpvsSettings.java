package io.jvs.launcher.configuration;

import io.jvs.kernel.ipvs.IpvsTransport.OnDrift;
import io.jvs.kernel.ipvs.IpvsTransport.OnExit;
import io.jvs.kernel.ipvs.IpvsTransport.TakeOver;
import io.jvs.kernel.ipvs.SyncDaemon;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel's transport is set up; null leaves a value to the transport.
 *
 * @param onExit what becomes of the table when the director stops
 * @param takeOver which services of the table are JVS's to delete
 * @param onDrift what follows when somebody else changes ours
 * @param pollInterval how often counters are read
 * @param drainAtMost how long a server that leaves may keep its connections
 * @param sync daemons that tell connections to other directors; one of each role at most
 */
public record IpvsSettings(
    @Nullable OnExit onExit,
    @Nullable TakeOver takeOver,
    @Nullable OnDrift onDrift,
    @Nullable Duration pollInterval,
    @Nullable Duration drainAtMost,
    List<SyncDaemon> sync) {
  /** All as the transport thinks best. */
  public static final IpvsSettings DEFAULT =
      new IpvsSettings(null, null, null, null, null, List.of());

  public IpvsSettings {
    sync = List.copyOf(sync);
  }
}
