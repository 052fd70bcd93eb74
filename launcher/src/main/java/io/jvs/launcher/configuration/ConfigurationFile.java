package io.jvs.launcher.configuration;

import io.jvs.model.VirtualService;
import io.jvs.scheduling.Schedulers;
import io.jvs.transport.tcp.TcpEngine;
import io.jvs.transport.tcp.WhenFull;
import io.jvs.transport.udp.UdpEngine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a configuration file; docs/configuration.md tells what may stand in it. */
public final class ConfigurationFile {
  private static final Duration MAX_DRAIN = Duration.ofDays(1);

  private final Problems problems;
  private final Path directory;
  private final PoliciesReader policies;
  private final BiFunction<Carrier, VirtualService, Optional<String>> objections;

  private ConfigurationFile(
      Path file,
      PolicyJars jars,
      BiFunction<Carrier, VirtualService, Optional<String>> objections) {
    this.problems = new Problems(file.toString());
    this.directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    this.policies = new PoliciesReader(jars, directory);
    this.objections = objections;
  }

  /** As below, with jars that are opened for this reading. */
  public static Configuration read(
      Path file,
      Schedulers schedulers,
      BiFunction<Carrier, VirtualService, Optional<String>> objections)
      throws ConfigurationException {
    return read(file, new PolicyJars(schedulers), objections);
  }

  /**
   * Reads a file, whole or not at all.
   *
   * @param jars the schedulers a service may name, and where to open more
   * @param objections why a transport cannot carry a service, or empty if it can
   * @throws ConfigurationException with everything that is wrong
   */
  public static Configuration read(
      Path file, PolicyJars jars, BiFunction<Carrier, VirtualService, Optional<String>> objections)
      throws ConfigurationException {
    return new ConfigurationFile(file, jars, objections).read(file);
  }

  private Configuration read(Path file) throws ConfigurationException {
    String text = YamlText.read(file, problems);
    Node root = text == null ? null : YamlDocument.read(text, problems);
    Configuration configuration = root == null ? null : top(new Value(problems, root, ""));
    problems.throwIfAny();
    if (configuration == null) {
      throw new IllegalStateException("nothing read, and no reason"); // every null has one
    }
    return configuration;
  }

  private @Nullable Configuration top(Value value) {
    Fields fields =
        value.fields(
            "keys with values, services at least",
            "control",
            "drain",
            "state",
            "maintenance",
            "transport",
            "policies",
            "services");
    if (fields == null) {
      return null;
    }
    Value control = fields.get("control");
    Value drain = fields.get("drain");
    Value transport = fields.get("transport");
    Value list = fields.required("services", "a list of virtual services");
    Policies known = policies.read(fields.get("policies"));
    Transport transports = transport == null ? Transport.DEFAULT : transport(transport);
    ServicesReader reader = new ServicesReader(known.schedulers(), objections, transports.usual());
    List<VirtualService> services = list == null ? List.of() : reader.read(list);
    return new Configuration(
        control == null ? null : control(control),
        drain == null
            ? Configuration.DEFAULT_DRAIN
            : drain.duration(Duration.ZERO, MAX_DRAIN, Configuration.DEFAULT_DRAIN),
        transports.tcp(),
        transports.udp(),
        transports.ipvs(),
        transports.connectionLog(),
        new Housekeeping(path(fields.get("state")), path(fields.get("maintenance"))),
        known,
        services,
        reader.inKernel(),
        reader.inBand(),
        problems.warnings());
  }

  private @Nullable ControlAddress control(Value value) {
    String text = value.text("a path, or a loopback address such as 127.0.0.1:7700");
    return text == null ? null : value.checked(() -> ControlAddress.parse(text, directory));
  }

  /** A path, from the directory of the file on. */
  private @Nullable Path path(@Nullable Value value) {
    String text = value == null ? null : value.text("a path");
    return text == null || value == null ? null : value.checked(() -> directory.resolve(text));
  }

  /** The top level's {@code transport}. */
  private record Transport(
      TcpSettings tcp,
      UdpSettings udp,
      IpvsSettings ipvs,
      @Nullable ConnectionLogSettings connectionLog,
      Carrier usual) {
    static final Transport DEFAULT = of(Carrier.USERSPACE);

    static Transport of(Carrier usual) {
      return new Transport(
          TcpSettings.DEFAULT, UdpSettings.DEFAULT, IpvsSettings.DEFAULT, null, usual);
    }
  }

  /** A word for all services, or settings, which stand for the word if there are those of one. */
  private static Transport transport(Value value) {
    if (value.isText()) {
      return Transport.of(carrier(value, Carrier.USERSPACE));
    }
    Fields fields =
        value.fields(
            "one of "
                + Carrier.WORDS
                + ", or an object with the keys default, connectionLog, tcp, udp and ipvs",
            "default",
            "connectionLog",
            "tcp",
            "udp",
            "ipvs");
    if (fields == null) {
      return Transport.DEFAULT;
    }
    Value tcp = fields.get("tcp");
    Value udp = fields.get("udp");
    Value ipvs = fields.get("ipvs");
    Value usual = fields.get("default");
    boolean kernelAlone = ipvs != null && tcp == null && udp == null;
    Carrier meant = kernelAlone ? Carrier.IPVS : Carrier.USERSPACE;
    return new Transport(
        tcp == null ? TcpSettings.DEFAULT : tcp(tcp),
        udp == null ? UdpSettings.DEFAULT : udp(udp),
        ipvs == null ? IpvsSettings.DEFAULT : IpvsReader.read(ipvs),
        ConnectionLogReader.read(fields.get("connectionLog")),
        usual == null ? meant : carrier(usual, meant));
  }

  static Carrier carrier(Value value, Carrier otherwise) {
    String word = value.word(Carrier.WORDS, "a transport");
    return word == null ? otherwise : Carrier.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static TcpSettings tcp(Value tcp) {
    Fields settings =
        tcp.fields(
            "an object with settings",
            "threads",
            "backlog",
            "maxConnections",
            "whenFull",
            "engine");
    if (settings == null) {
      return TcpSettings.DEFAULT;
    }
    return new TcpSettings(
        number(settings, "threads", 1024),
        number(settings, "backlog", 1_000_000),
        number(settings, "maxConnections", 10_000_000),
        constant(settings, "whenFull", WhenFull.class),
        constant(settings, "engine", TcpEngine.class));
  }

  private static UdpSettings udp(Value udp) {
    Fields settings = udp.fields("an object with settings", "threads", "maxFlows", "engine");
    return settings == null
        ? UdpSettings.DEFAULT
        : new UdpSettings(
            number(settings, "threads", 1024),
            number(settings, "maxFlows", 10_000_000),
            constant(settings, "engine", UdpEngine.class));
  }

  private static @Nullable Integer number(Fields fields, String key, int max) {
    Value value = fields.get(key);
    return value == null ? null : (Integer) value.wholeNumber(1, max, 1, "");
  }

  /** A constant of the transport, in lower case and with hyphens. */
  static <E extends Enum<E>> @Nullable E constant(Fields fields, String key, Class<E> type) {
    List<String> words = new ArrayList<>();
    for (E each : type.getEnumConstants()) {
      words.add(each.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    Value value = fields.get(key);
    String word = value == null ? null : value.word(words, "a word");
    return word == null
        ? null
        : Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
