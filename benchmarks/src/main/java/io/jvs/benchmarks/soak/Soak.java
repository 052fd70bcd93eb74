package io.jvs.benchmarks.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The command: a director under mixed load at a share of what it can do here, its file changed
 * again and again, its memory, descriptors and threads written down. Whatever grows, or any client
 * that fails, is a fault.
 */
public final class Soak {
  private static final int SERVERS = 4;
  private static final int SAMPLES = 180;
  private static final int LEAST = 8;
  private static final long LEAST_BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
  private static final int PIPES = 2 * 16; // descriptors that a loop keeps for splice(2)
  private static final long SEED = 1;

  private final SoakOptions options;
  private final List<String> java;
  private final PrintStream progress;

  /**
   * @param java arguments up to the director's main class
   */
  Soak(SoakOptions options, List<String> java, PrintStream progress) {
    this.options = options;
    this.java = java;
    this.progress = progress;
  }

  /** The command; {@link SoakOptions#USAGE}. Exits with 1 if something is wrong. */
  public static void main(String[] arguments) throws Exception {
    SoakOptions options;
    try {
      options = SoakOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Soak(options, List.of("-jar", "launcher/target/jvs.jar"), System.err).run();
    System.out.println(report.text());
    List<String> faults = report.faults();
    faults.forEach(fault -> System.out.println("WRONG: " + fault));
    System.out.println(
        faults.isEmpty() ? "All is flat and nobody failed." : faults.size() + " faults.");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  Report run() throws IOException, InterruptedException {
    Path out = Files.createDirectories(options.out());
    List<AnswerServer> servers = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new AnswerServer());
    }
    Path directory = Files.createTempDirectory("jvs-soak");
    try (Director director = new Director(directory, java, options.engine(), servers)) {
      Report report = run(director, servers, out);
      for (Map.Entry<String, String> picture : report.pictures().entrySet()) {
        Files.writeString(out.resolve(picture.getKey()), picture.getValue());
      }
      return report;
    } finally {
      for (AnswerServer server : servers) {
        server.close();
      }
      delete(directory);
    }
  }

  /** With the director's control socket, if it had no time to remove that. */
  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private Report run(Director director, List<AnswerServer> servers, Path out)
      throws IOException, InterruptedException {
    ProcessReader reader = new ProcessReader(director.pid());
    Traffic traffic = new Traffic(director.port());
    reader.heapAfterCollection(); // the first question opens a socket for those that follow
    int idleBefore = reader.descriptors();
    traffic.start();
    Map<Kind, Double> rates = traffic.calibrate(options.calibration().toNanos(), options.load());
    progress.println("a second, from now on: " + round(rates));
    List<Sample> samples = sample(director, reader, traffic, out);
    traffic.end();
    int idleAfter = awaitIdle(reader, idleBefore);
    Map<String, Integer> failures = traffic.failures().byCause();
    for (AnswerServer server : servers) {
      if (server.lastWrong() != null) {
        failures.put("a server got " + server.lastWrong(), server.wrong());
      }
    }
    int status = director.end();
    int loops = Runtime.getRuntime().availableProcessors();
    return new Report(
        samples,
        new Report.Ending(
            idleBefore, idleAfter, PIPES * loops + 4, status, failures, director.complaints()));
  }

  private List<Sample> sample(Director director, ProcessReader reader, Traffic traffic, Path out)
      throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Sample> samples = new ArrayList<>();
    long start = System.nanoTime();
    long doneBefore = traffic.total();
    long between = Math.max(LEAST_BETWEEN_NANOS, options.length().toNanos() / SAMPLES);
    long nextSample = start;
    long nextReload = start + options.reloadEvery().toNanos();
    try (PrintStream csv = new PrintStream(Files.newOutputStream(out.resolve("soak.csv")), true)) {
      csv.print(Sample.CSV_HEAD);
      // On a machine that is very busy samples take their time, and few say nothing.
      while (System.nanoTime() - start < options.length().toNanos() || samples.size() < LEAST) {
        if (System.nanoTime() >= nextReload) {
          nextReload += options.reloadEvery().toNanos();
          director.reload(random);
        }
        if (System.nanoTime() >= nextSample) {
          nextSample += between;
          Sample sample =
              new Sample(
                  (System.nanoTime() - start) / 1e9,
                  reader.heapAfterCollection(),
                  reader.direct(),
                  reader.resident(),
                  reader.descriptors(),
                  reader.threads(),
                  reader.cpuSeconds(),
                  traffic.total() - doneBefore,
                  traffic.failures().total(),
                  director.reloads());
          samples.add(sample);
          csv.print(sample.csv());
        }
        long wait = Math.min(nextReload, nextSample) - System.nanoTime();
        if (wait > 0) {
          TimeUnit.NANOSECONDS.sleep(wait);
        }
      }
    }
    return samples;
  }

  /** Until all connections are gone, or for so long that they should be. */
  private static int awaitIdle(ProcessReader reader, int before)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (reader.descriptors() > before && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return reader.descriptors();
  }

  private static String round(Map<Kind, Double> rates) {
    StringBuilder text = new StringBuilder();
    rates.forEach(
        (kind, rate) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(String.format(Locale.ROOT, "%s %.1f", kind, rate)));
    return text.toString();
  }
}
