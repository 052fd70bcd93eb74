package io.jvs.launcher.configuration;

import io.jvs.model.Forwarding;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SchedulerSpec;
import io.jvs.model.Subset;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.resilience.InBandDeclaration;
import io.jvs.scheduling.Schedulers;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one virtual service. Its parts are joined one by one, so that what the model refuses is
 * told at the part that does not fit.
 */
final class ServiceReader {
  private final SchedulerReader schedulerReader;
  private final Carrier usual;
  private final BiFunction<Carrier, VirtualService, Optional<String>> objections;

  ServiceReader(
      Schedulers schedulers,
      BiFunction<Carrier, VirtualService, Optional<String>> objections,
      Carrier usual) {
    this.usual = usual;
    this.schedulerReader = new SchedulerReader(schedulers);
    this.objections = objections;
  }

  /** A service with the places of what other services may collide with. */
  record Placed(
      VirtualService service,
      Value name,
      Value address,
      Carrier carrier,
      @Nullable InBandDeclaration inBand) {}

  @Nullable Placed read(Value value) {
    Fields fields =
        value.fields(
            "an object with name, address and realServers",
            "name",
            "address",
            "transport",
            "forwarding",
            "scheduler",
            "persistence",
            "timeouts",
            "attempts",
            "onePacket",
            "weightCorrection",
            "health",
            "failover",
            "slowStart",
            "agent",
            "feedback",
            "inBand",
            "access",
            "limits",
            "fallback",
            "preferZone",
            "subset",
            "tcp",
            "udp",
            "realServers");
    if (fields == null) {
      return null;
    }
    int before = value.problemsSoFar();
    Value nameValue = fields.get("name");
    Value addressValue = fields.required("address", VirtualAddresses.EXPECTED);
    Value serversValue = fields.required("realServers", "a list, which may be empty: []");
    String name = nameValue == null ? null : name(nameValue);
    Forwarding forwarding = RealServerReader.forwarding(fields.get("forwarding"), Forwarding.NAT);
    VirtualAddress address = addressValue == null ? null : address(addressValue);
    Value schedulerValue = fields.get("scheduler");
    SchedulerSpec scheduler = schedulerReader.read(schedulerValue);
    Value persistenceValue = fields.get("persistence");
    var persistence = PersistenceReader.read(persistenceValue);
    var plain = persistence == null ? null : Persistence.sourceAddress(persistence.timeout());
    var timeouts = PolicyReader.timeouts(fields.get("timeouts"));
    TransportFields transport = TransportFields.read(fields, usual);
    transport.checkWith(address);
    var health = HealthReader.health(fields.get("health"), transport.proxyVersions());
    var failover = FailoverReader.failover(fields.get("failover"));
    var slowStart = FailoverReader.slowStart(fields.get("slowStart"));
    var agent = AgentReader.agent(fields.get("agent"));
    var feedback = FeedbackReader.feedback(fields.get("feedback"));
    Value accessValue = fields.get("access");
    var access = IntakeReader.access(accessValue);
    Value limitsValue = fields.get("limits");
    var limits = IntakeReader.limits(limitsValue);
    Value inBandValue = fields.get("inBand");
    InBandDeclaration inBand = InBandReader.read(inBandValue);
    int attempts = attempts(fields.get("attempts"));
    Value onePacketValue = fields.get("onePacket");
    boolean onePacket = onePacketValue != null && onePacketValue.truth();
    var correction = PolicyReader.weightCorrection(fields.get("weightCorrection"));
    String zone = zone(fields.get("preferZone"));
    Subset subset = subset(fields.get("subset"));
    Carrier carrier = transport.carrier();
    Map<Value, RealServer> servers =
        serversValue == null
            ? Map.of()
            : realServers(serversValue, forwarding, transport.proxyVersions());
    if (inBandValue != null && inBand != null && inBand.confirm()) {
      boolean checked = health != null || fields.get("health") != null;
      if (!checked && servers.values().stream().allMatch(each -> each.health() == null)) {
        inBandValue.wrong("confirm without health (expected: health too, to confirm by)");
      }
    }
    Value fallbackValue = fields.get("fallback");
    RealServer fallback =
        fallbackValue == null ? null : RealServerReader.fallback(fallbackValue, forwarding);
    if (address == null || addressValue == null || value.problemsSoFar() > before) {
      return null; // what follows would only repeat it
    }
    Supplier<VirtualService.Builder> parts =
        () -> {
          VirtualService.Builder builder =
              VirtualService.at(address)
                  .scheduler(scheduler)
                  .persistence(persistence)
                  .timeouts(timeouts)
                  .health(health)
                  .failover(failover)
                  .slowStart(slowStart)
                  .agent(agent)
                  .feedback(feedback)
                  .weightCorrection(correction)
                  .attempts(attempts)
                  .preferZone(zone)
                  .subset(subset);
          return name == null ? builder : builder.name(name);
        };
    TransportOptions options = transport.all(address);
    TransportOptions door = transport.door(address);
    TransportOptions key = transport.key(address);
    TransportOptions ofTcp = transport.ofTcp(address);
    Value tcpValue = transport.tcpValue();
    Value udpValue = transport.udpValue();
    if (!fits(carrier, addressValue, () -> with(parts, door).persistence(plain))
        || (persistenceValue != null && !fits(carrier, persistenceValue, () -> with(parts, key)))
        || (tcpValue != null && !fits(carrier, tcpValue, () -> with(parts, ofTcp)))
        || (udpValue != null && !fits(carrier, udpValue, () -> with(parts, options)))) {
      return null;
    }
    if (accessValue != null) {
      fits(carrier, accessValue, () -> with(parts, options).access(access));
    }
    if (limitsValue != null) {
      fits(carrier, limitsValue, () -> with(parts, options).limits(limits));
    }
    if (onePacketValue != null) {
      fits(carrier, onePacketValue, () -> with(parts, options).onePacket(onePacket));
    }
    servers.forEach(
        (place, server) -> fits(carrier, place, () -> with(parts, options).realServer(server)));
    if (fallbackValue != null) {
      fits(carrier, fallbackValue, () -> with(parts, options).fallback(fallback));
    }
    if (value.problemsSoFar() > before) {
      return null;
    }
    List<RealServer> all = List.copyOf(servers.values());
    Value last = fallbackValue == null ? value : fallbackValue;
    VirtualService service =
        last.checked(
            () ->
                withoutSubject(
                    () ->
                        with(parts, options)
                            .access(access)
                            .limits(limits)
                            .onePacket(onePacket)
                            .realServers(all)
                            .fallback(fallback)
                            .build()));
    if (service == null) {
      return null;
    }
    UncountedDatagrams.warning(service, carrier)
        .ifPresent((schedulerValue == null ? value : schedulerValue)::warn);
    return new Placed(
        service, nameValue == null ? addressValue : nameValue, addressValue, carrier, inBand);
  }

  private static VirtualService.Builder with(
      Supplier<VirtualService.Builder> parts, @Nullable TransportOptions options) {
    return parts.get().transportOptions(options);
  }

  /** Whether the model takes the service with this part, and some transport can carry it. */
  private boolean fits(Carrier carrier, Value place, Supplier<VirtualService.Builder> parts) {
    VirtualService service = place.checked(() -> withoutSubject(() -> parts.get().build()));
    Optional<String> objection =
        service == null ? Optional.empty() : objections.apply(carrier, service);
    objection.ifPresent(place::wrong);
    return service != null && objection.isEmpty();
  }

  /** The path says which service it is. */
  private static VirtualService withoutSubject(Supplier<VirtualService> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(message.replaceFirst("^virtual service '.*?': ", ""), e);
    }
  }

  private static @Nullable String name(Value value) {
    String name = value.text("a name");
    if (name == null || value.checked(() -> VirtualService.inProcess(name).build()) == null) {
      return null;
    }
    return name;
  }

  private static @Nullable VirtualAddress address(Value value) {
    String text = value.text(VirtualAddresses.EXPECTED);
    return text == null ? null : value.checked(() -> VirtualAddresses.parse(text));
  }

  private static int attempts(@Nullable Value value) {
    int usual = VirtualService.DEFAULT_ATTEMPTS;
    return value == null ? usual : value.wholeNumber(1, 100, usual, "");
  }

  /** A word or a number, as in metadata. */
  private static @Nullable String zone(@Nullable Value value) {
    String zone = value == null ? null : value.scalar("a zone, as in the metadata of real servers");
    boolean right =
        value == null
            || zone == null
            || value.checked(
                    () ->
                        withoutSubject(
                            () -> VirtualService.inProcess("x").preferZone(zone).build()))
                != null;
    return right ? zone : null;
  }

  private static @Nullable Subset subset(@Nullable Value value) {
    Fields fields =
        value == null ? null : value.fields("an object with client and size", "client", "size");
    if (fields == null || value == null) {
      return null;
    }
    Value clientValue =
        fields.required("client", "who uses the subset, different for each director");
    Value sizeValue = fields.required("size", "how many real servers to use");
    String client = clientValue == null ? null : clientValue.scalar("a word, different for each");
    int size = sizeValue == null ? 1 : sizeValue.wholeNumber(1, Integer.MAX_VALUE, 1, "");
    return client == null || clientValue == null
        ? null
        : clientValue.checked(() -> new Subset(client, size));
  }

  private static Map<Value, RealServer> realServers(
      Value list, Forwarding usual, ProxyVersions headers) {
    Map<Value, RealServer> servers = new LinkedHashMap<>();
    Map<InetSocketAddress, Integer> lines = new HashMap<>();
    for (Value item : list.items("a list of real servers, each starting with '- '")) {
      RealServer server = RealServerReader.realServer(item, usual, headers);
      if (server == null) {
        continue;
      }
      Integer first = lines.putIfAbsent(server.address(), item.line());
      if (first != null) {
        item.wrong(
            server.name()
                + " is in line "
                + first
                + " too (expected: once; raise its weight instead)");
      }
      servers.put(item, server);
    }
    return servers;
  }

  /** Reads schedulers, knowing which there are. */
  private record SchedulerReader(Schedulers known) {

    SchedulerSpec read(@Nullable Value value) {
      if (value == null) {
        return SchedulerSpec.DEFAULT;
      }
      if (!value.isObject()) {
        String name = name(value);
        return name == null ? SchedulerSpec.DEFAULT : SchedulerSpec.of(name);
      }
      Fields fields = value.fields("a name", "name", "flags");
      Value nameValue = fields == null ? null : fields.required("name", one());
      String name = nameValue == null ? null : name(nameValue);
      Value flagsValue = fields == null ? null : fields.get("flags");
      if (name == null || flagsValue == null) {
        return name == null ? SchedulerSpec.DEFAULT : SchedulerSpec.of(name);
      }
      Set<String> flags = known.find(SchedulerSpec.of(name)).flags();
      Set<String> wanted = new TreeSet<>();
      for (Value item : flagsValue.items("a list of flags")) {
        String flag = item.text("a flag");
        if (flag != null && !flags.contains(flag)) {
          item.wrong(
              "scheduler '"
                  + name
                  + "' has no flag '"
                  + flag
                  + "' (expected: "
                  + (flags.isEmpty() ? "no flags" : "some of " + new TreeSet<>(flags))
                  + Suggestions.hint(flag, flags)
                  + ")");
        } else if (flag != null) {
          wanted.add(flag);
        }
      }
      return new SchedulerSpec(name, wanted);
    }

    private @Nullable String name(Value value) {
      return value.word(known.names(), "a scheduler");
    }

    private String one() {
      return "one of " + known.names();
    }
  }
}
