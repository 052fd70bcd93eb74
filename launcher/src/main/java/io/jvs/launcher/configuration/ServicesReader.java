package io.jvs.launcher.configuration;

import io.jvs.model.Protocol;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.tcp.TcpOptions;
import io.jvs.transport.tcp.TcpTransport;
import io.jvs.transport.udp.UdpOptions;
import io.jvs.transport.udp.UdpTransport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads the list of services, and sees what single services cannot: that two of them collide. */
final class ServicesReader {
  private final ServiceReader reader;
  private final Map<String, InBandDeclaration> inBand = new HashMap<>();
  private final Set<String> inKernel = new HashSet<>();

  ServicesReader(
      Schedulers schedulers,
      BiFunction<Carrier, VirtualService, Optional<String>> objections,
      Carrier usual) {
    this.reader = new ServiceReader(schedulers, objections, usual);
  }

  List<VirtualService> read(Value list) {
    List<Value> items = list.items("a list of virtual services, each starting with '- '");
    if (items.isEmpty() && list.isEmptyList()) {
      list.wrong("an empty list (expected: at least one virtual service)");
    }
    List<VirtualService> services = new ArrayList<>();
    List<Value> addresses = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Value item : items) {
      ServiceReader.Placed placed = reader.read(item);
      if (placed == null) {
        continue;
      }
      VirtualService service = placed.service();
      Integer first = lines.putIfAbsent(service.name(), placed.name().line());
      if (first != null) {
        placed
            .name()
            .wrong(
                "'" + service.name() + "' is in line " + first + " too (expected: another name)");
      }
      for (int i = 0; i < services.size(); i++) {
        if (services.get(i).address().meets(service.address())) {
          placed
              .address()
              .wrong(
                  "'"
                      + service.address()
                      + "' meets '"
                      + services.get(i).address()
                      + "' of service '"
                      + services.get(i).name()
                      + "' in line "
                      + addresses.get(i).line()
                      + " (expected: another address or port)");
        } else if (placed.carrier() != Carrier.IPVS && !inKernel.contains(services.get(i).name())) {
          meeting(service, services.get(i)).ifPresent(placed.address()::wrong);
        }
      }
      services.add(service);
      if (placed.inBand() != null) {
        inBand.put(service.name(), placed.inBand());
      }
      if (placed.carrier() == Carrier.IPVS) {
        inKernel.add(service.name());
      }
      addresses.add(placed.address());
    }
    return services;
  }

  /** Where two of different addresses would listen at the same place. */
  private static Optional<String> meeting(VirtualService service, VirtualService other) {
    if (mayBe(Protocol.TCP, service) && mayBe(Protocol.TCP, other)) {
      Optional<String> byTcp = TcpTransport.meeting(service, other);
      if (byTcp.isPresent()) {
        return byTcp;
      }
    }
    return mayBe(Protocol.UDP, service) && mayBe(Protocol.UDP, other)
        ? UdpTransport.meeting(service, other)
        : Optional.empty();
  }

  private static boolean mayBe(Protocol protocol, VirtualService service) {
    if (service.address() instanceof VirtualAddress.Endpoint endpoint) {
      return endpoint.protocol() == protocol;
    }
    Object options = // of a firewall mark they say whom it is for
        protocol == Protocol.TCP
            ? service.transportOptions(TcpOptions.class)
            : service.transportOptions(UdpOptions.class);
    return options != null;
  }

  /** Names of those that the kernel carries. */
  Set<String> inKernel() {
    return inKernel;
  }

  /** What was declared beside the services that have been read, by name. */
  Map<String, InBandDeclaration> inBand() {
    return inBand;
  }
}
