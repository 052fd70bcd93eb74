package io.jvs.launcher.configuration;

import io.jvs.model.VirtualService;
import io.jvs.resilience.InBandDeclaration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file asks for.
 *
 * @param control where to answer commands, or null for the usual place
 * @param drain how long present connections may take to end when the director stops
 * @param housekeeping which files it keeps and follows besides
 * @param policies whom services may name as their scheduler
 * @param services at least one, with different names and addresses
 * @param ipvs how the kernel's transport is set up
 * @param connectionLog which ends of connections and flows are logged, or null for none
 * @param inKernel names of the services that the kernel carries
 * @param inBand by name of service: which of them are judged by real traffic, and how
 * @param warnings what is right, but hardly what its author wants
 */
public record Configuration(
    @Nullable ControlAddress control,
    Duration drain,
    TcpSettings tcp,
    UdpSettings udp,
    IpvsSettings ipvs,
    @Nullable ConnectionLogSettings connectionLog,
    Housekeeping housekeeping,
    Policies policies,
    List<VirtualService> services,
    Set<String> inKernel,
    Map<String, InBandDeclaration> inBand,
    List<Problem> warnings) {
  /** Long enough for a web request, shorter than systemd's patience of 90 s. */
  public static final Duration DEFAULT_DRAIN = Duration.ofSeconds(30);

  public Configuration {
    services = List.copyOf(services);
    inBand = Map.copyOf(inBand);
    inKernel = Set.copyOf(inKernel);
    warnings = List.copyOf(warnings);
  }

  /** The services that the kernel carries. */
  public List<VirtualService> kernelServices() {
    return services.stream().filter(service -> inKernel.contains(service.name())).toList();
  }
}
