package io.jvs.benchmarks.proxy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds how often each work is measured with each proxy
 * @param seconds how long each time
 * @param warmUpSeconds how long a JVM does each work before it is measured
 * @param starts how often each proxy is started for its time to the first byte
 * @param only what is measured; everything, if empty
 * @param engines of JVS, as {@code transport.tcp.engine} and {@code transport.udp.engine} name them
 * @param javaOptions each for the JVM of one more JVS beside the plain one
 * @param tools a tree in which Debian packages were unpacked ({@code dpkg -x}), searched first
 */
record Options(
    int rounds,
    double seconds,
    double warmUpSeconds,
    int starts,
    Set<String> only,
    List<String> engines,
    List<String> javaOptions,
    @Nullable Path tools) {
  static final String USAGE =
      """
      usage: benchmarks/proxy|udp [--full] [--rounds N] [--seconds S] [--warm-up S] [--only MEASURE[,MEASURE...]] [--engine NAME[,NAME...]] [--java-options OPTIONS]... [--tools DIRECTORY]
        --full          figures to keep: 7 rounds of 1 s, 8 s of warm-up for each work (about 9 minutes)
        --only          nothing else is measured; the warm-up is the same, so that figures are
        --engine        engines of JVS that are compared, each in a process of its own (default: auto)
        --java-options  one more JVS whose JVM has these as well (JVS_JAVA_OPTIONS of ./jvs), beside the plain one; may be repeated
        --tools         where packages that are not installed were unpacked with dpkg -x
      """;

  private static final int FULL_STARTS = 7;
  private static final Set<String> WITH_VALUE =
      Set.of(
          "--rounds", "--seconds", "--warm-up", "--only", "--engine", "--java-options", "--tools");

  /** Whether the figures are to be kept. */
  boolean full() {
    return starts == FULL_STARTS;
  }

  /** Whether this is to be measured. */
  boolean wants(String measure) {
    return only.isEmpty() || only.contains(measure);
  }

  /** Those of all works that are to be measured. */
  List<Work> wanted(Work[] all) {
    return Stream.of(all).filter(work -> wants(work.measure())).toList();
  }

  /**
   * Reads the command line.
   *
   * @param measures what {@code --only} can name
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Options parse(List<String> arguments, List<String> measures) {
    List<String> rest = new ArrayList<>(arguments);
    boolean full = rest.remove("--full");
    Given given = new Given(rest);
    List<String> only = given.list("--only");
    for (String measure : only) {
      if (!measures.contains(measure)) {
        throw new IllegalArgumentException(
            "--only " + measure + " (expected: some of " + String.join(",", measures) + ")");
      }
    }
    List<String> engines = given.list("--engine");
    List<String> tools = given.all("--tools");
    return new Options(
        (int) given.number("--rounds", full ? 7 : 3, 1, 1000),
        given.number("--seconds", full ? 1 : 0.4, 0.1, 600),
        given.number("--warm-up", full ? 8 : 1.5, 0, 600),
        full ? FULL_STARTS : 3,
        Set.copyOf(only),
        engines.isEmpty() ? List.of("auto") : engines,
        given.all("--java-options"),
        tools.isEmpty() ? null : Path.of(tools.get(0)).toAbsolutePath());
  }

  /** Options and values by turns. */
  private record Given(List<String> words) {
    Given {
      for (int i = 0; i < words.size(); i += 2) {
        if (!WITH_VALUE.contains(words.get(i)) || i + 1 == words.size()) {
          throw new IllegalArgumentException(
              words.get(i) + ": unknown, or its value is missing\n" + USAGE);
        }
      }
    }

    List<String> all(String option) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < words.size(); i += 2) {
        if (words.get(i).equals(option)) {
          values.add(words.get(i + 1));
        }
      }
      return values;
    }

    List<String> list(String option) {
      return all(option).stream().flatMap(value -> Stream.of(value.split(",", -1))).toList();
    }

    double number(String option, double usual, double least, double most) {
      double number = usual;
      for (String value : all(option)) {
        number = number(value);
        if (!(number >= least && number <= most)) {
          throw new IllegalArgumentException(
              option + " " + value + " (expected: a number from " + least + " to " + most + ")");
        }
      }
      return number;
    }

    private static double number(String value) {
      try {
        return Double.parseDouble(value);
      } catch (NumberFormatException e) {
        return Double.NaN; // in no range
      }
    }
  }
}
