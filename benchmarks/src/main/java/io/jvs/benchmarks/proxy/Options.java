package io.jvs.benchmarks.proxy;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds how often each work is measured with each proxy
 * @param seconds how long each time
 * @param warmUpSeconds how long a JVM does each work before it is measured
 * @param starts how often each proxy is started for its time to the first byte
 * @param engines of JVS, as {@code transport.tcp.engine} and {@code transport.udp.engine} name them
 * @param tools a tree in which Debian packages were unpacked ({@code dpkg -x}), searched first
 */
record Options(
    int rounds,
    double seconds,
    double warmUpSeconds,
    int starts,
    List<String> engines,
    @Nullable Path tools) {
  static final String USAGE =
      """
      usage: benchmarks/proxy|udp [--full] [--rounds N] [--seconds S] [--warm-up S] [--engine NAME[,NAME...]] [--tools DIRECTORY]
        --full      figures to keep: 7 rounds of 1 s, 8 s of warm-up for each work (about 9 minutes)
        --engine    engines of JVS that are compared, each in a process of its own (default: auto)
        --tools     where packages that are not installed were unpacked with dpkg -x
      """;

  private static final Options SHORT = new Options(3, 0.4, 1.5, 3, List.of("auto"), null);
  private static final Options FULL = new Options(7, 1, 8, 7, List.of("auto"), null);

  /** Whether the figures are to be kept. */
  boolean full() {
    return starts == FULL.starts;
  }

  static Options parse(List<String> arguments) {
    Options options = arguments.contains("--full") ? FULL : SHORT;
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      if (option.equals("--full")) {
        continue;
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(option + ": unknown, or its value is missing\n" + USAGE);
      }
      options = options.with(option, arguments.get(++i));
    }
    return options;
  }

  private Options with(String option, String value) {
    return switch (option) {
      case "--rounds" ->
          new Options(
              (int) number(option, value, 1, 1000), seconds, warmUpSeconds, starts, engines, tools);
      case "--seconds" ->
          new Options(
              rounds, number(option, value, 0.1, 600), warmUpSeconds, starts, engines, tools);
      case "--warm-up" ->
          new Options(rounds, seconds, number(option, value, 0, 600), starts, engines, tools);
      case "--engine" ->
          new Options(rounds, seconds, warmUpSeconds, starts, List.of(value.split(",", -1)), tools);
      case "--tools" ->
          new Options(
              rounds, seconds, warmUpSeconds, starts, engines, Path.of(value).toAbsolutePath());
      default -> throw new IllegalArgumentException(option + ": unknown\n" + USAGE);
    };
  }

  private static double number(String option, String value, double least, double most) {
    try {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as what is out of range.
    }
    throw new IllegalArgumentException(
        option + " " + value + " (expected: a number from " + least + " to " + most + ")");
  }
}
