package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The launcher, started as users start it: {@code ./jvs run FILE}, with one loop.
 *
 * @param launcher the command before {@code run}
 * @param carried which of its transports
 * @param engine as {@code transport.tcp.engine} and {@code transport.udp.engine} name it
 * @param javaOptions of its JVM, beside those of {@code ./jvs}; may be empty
 * @param settings of its transport, beside engine and threads: {@code , KEY: VALUE} for each
 * @param services what stands in its file under {@code services}
 */
record Jvs(
    List<String> launcher,
    Carried carried,
    String engine,
    String javaOptions,
    String settings,
    Services services)
    implements Proxy {
  /** Needs to be built; the scripts see to that. */
  static final List<String> LAUNCHER = List.of(Path.of("jvs").toAbsolutePath().toString());

  /** The variable in which {@code ./jvs} looks for options of the JVM. */
  private static final String JAVA_OPTIONS = "JVS_JAVA_OPTIONS";

  /** Lines of the file, by {@link #service}. */
  interface Services {
    List<String> lines(Ports front, Ports servers);
  }

  /** With each engine that is asked for: plainly, and with each set of options for the JVM. */
  static List<Proxy> all(
      Options options, List<String> launcher, Carried carried, String settings, Services services) {
    List<Proxy> all = new ArrayList<>();
    for (String engine : options.engines()) {
      all.add(new Jvs(launcher, carried, engine, "", settings, services));
      for (String java : options.javaOptions()) {
        all.add(new Jvs(launcher, carried, engine, java, settings, services));
      }
    }
    return all;
  }

  /**
   * One service.
   *
   * @param policies its scheduler and whatever else it has
   */
  static String service(
      Carried carried, String name, int port, String policies, List<String> servers) {
    return "  - { name: %s, address: %s 127.0.0.1:%d, %s, realServers: [ %s ] }"
        .formatted(name, carried.key(), port, policies, String.join(", ", servers));
  }

  @Override
  public String name() {
    return ("JVS " + engine + " " + javaOptions).trim();
  }

  @Override
  public boolean ours() {
    return true;
  }

  @Override
  public List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
      throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("control: jvs-%d.sock".formatted(front.echo()));
    lines.add("drain: 0s");
    lines.add(
        "transport: { %s: { threads: 1, engine: %s%s } }"
            .formatted(carried.key(), engine, settings));
    lines.add("services:");
    lines.addAll(services.lines(front, servers));
    workshop.file(fileName(front), String.join("\n", lines) + "\n");
    List<String> command = new ArrayList<>();
    if (!javaOptions.isEmpty()) {
      String common = System.getenv(JAVA_OPTIONS);
      command.add("env");
      command.add(JAVA_OPTIONS + "=" + (common == null ? javaOptions : common + " " + javaOptions));
    }
    command.addAll(launcher);
    command.addAll(List.of("run", workshop.path(fileName(front)).toString()));
    return List.of(command);
  }

  @Override
  public List<String> status(Workshop workshop, Ports front) {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(List.of("status", "--json", workshop.path(fileName(front)).toString()));
    return command;
  }

  private static String fileName(Ports front) {
    return "jvs-" + front.echo() + ".yaml";
  }
}
