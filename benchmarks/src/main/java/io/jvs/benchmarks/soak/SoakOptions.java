package io.jvs.benchmarks.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param length of the load, without calibration
 * @param reloadEvery time between two changes of the director's file
 * @param out where the figures and pictures go
 * @param engine as {@code transport.tcp.engine} names it
 * @param load how much of what this machine bears
 * @param calibration how long the load runs as fast as it can, to know what it bears
 */
record SoakOptions(
    Duration length,
    Duration reloadEvery,
    Path out,
    String engine,
    double load,
    Duration calibration) {
  static final String USAGE =
      """
      usage: benchmarks/soak [--minutes M] [--reload-every SECONDSs] [--out DIRECTORY] [--engine NAME] [--load SHARE]
        --minutes       how long (default: 30)
        --reload-every  time between two changes of the director's file (default: 10s)
        --out           where soak.csv and the pictures go (default: target/soak)
        --engine        of JVS, as transport.tcp.engine names it (default: auto)
        --load          how much of what this machine bears (default: 0.5)
      """;

  private static final SoakOptions DEFAULT =
      new SoakOptions(
          Duration.ofMinutes(30),
          Duration.ofSeconds(10),
          Path.of("target/soak"),
          "auto",
          0.5,
          Duration.ofSeconds(10));

  static SoakOptions parse(List<String> arguments) {
    SoakOptions options = DEFAULT;
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(option + ": unknown, or its value is missing\n" + USAGE);
      }
      options = options.with(option, arguments.get(i + 1));
    }
    return options;
  }

  private SoakOptions with(String option, String value) {
    return switch (option) {
      case "--minutes" ->
          new SoakOptions(
              millis(number(option, value, 0.1, 10_000) * 60),
              reloadEvery,
              out,
              engine,
              load,
              calibration);
      case "--reload-every" ->
          new SoakOptions(
              length,
              millis(number(option, value.replaceFirst("s$", ""), 0.1, 3600)),
              out,
              engine,
              load,
              calibration);
      case "--out" ->
          new SoakOptions(length, reloadEvery, Path.of(value), engine, load, calibration);
      case "--engine" -> new SoakOptions(length, reloadEvery, out, value, load, calibration);
      case "--load" ->
          new SoakOptions(
              length, reloadEvery, out, engine, number(option, value, 0.01, 1), calibration);
      default -> throw new IllegalArgumentException(option + ": unknown\n" + USAGE);
    };
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis((long) (seconds * 1000));
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
