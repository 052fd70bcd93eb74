package io.jvs.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures us, hand-written floors and the peers on the class path in one run, and prints three
 * tables in Markdown: choices, changes, and what we promise beside what came of it.
 *
 * <p>Tables go to standard output, progress to standard error.
 */
public final class Comparison {
  private static final String USAGE =
      "usage: benchmarks/run [--quick] [--ours] [--only SUBJECTS | --changes]\n"
          + "  --quick          short measurements of few sizes: shows that it works, not how fast\n"
          + "  --ours           without peers, which need not be downloaded then\n"
          + "  --only SUBJECTS  choices of these subjects alone, a regular expression such as"
          + " 'floor/.*|JVS.*/(RR|LC).*'\n"
          + "  --changes        what changes cost, and no choices";

  private Comparison() {}

  /** The command. */
  public static void main(String[] args) throws RunnerException, IOException {
    boolean quick = false;
    boolean changesOnly = false;
    Pattern only = null;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--quick")) {
        quick = true;
      } else if (args[i].equals("--changes")) {
        changesOnly = true;
      } else if (args[i].equals("--only") && i + 1 < args.length) {
        only = Pattern.compile(args[++i]);
      } else {
        System.err.println("unknown argument: " + args[i] + "\n" + USAGE);
        System.exit(2);
      }
    }
    long begin = System.nanoTime();
    LogManager.getLogManager().reset();
    Figures figures = changesOnly ? new Figures() : choices(quick, only);
    List<Contender> columns = Contenders.all();
    ChangeTable changes =
        only != null
            ? new ChangeTable()
            : new Changes(10_000, 1_000_000, quick ? 50 : 600).measure(columns);
    System.out.println(machine() + (quick ? ", quick: figures mean little" : ""));
    System.out.println("\n" + ChoiceTable.of(figures, columns));
    System.out.println(changes.text(columns));
    System.out.println(Bars.of(figures, changes));
    System.err.println((System.nanoTime() - begin) / 1_000_000_000 + " s");
    System.exit(0); // some peers leave threads behind
  }

  private static Figures choices(boolean quick, @Nullable Pattern only) throws RunnerException {
    Map<List<Integer>, List<String>> bySizes = new LinkedHashMap<>();
    for (String subject : Contenders.subjects()) {
      if (only == null || only.matcher(subject).matches()) {
        List<Integer> sizes =
            new ArrayList<>(Arrays.stream(Contenders.row(subject).sizes()).boxed().toList());
        if (quick && sizes.size() > 1) {
          sizes.remove(1);
        }
        bySizes.computeIfAbsent(sizes, s -> new ArrayList<>()).add(subject);
      }
    }
    if (bySizes.isEmpty()) {
      System.err.println(
          "no such subject: " + only + " (expected: some of " + Contenders.subjects() + ")");
      System.exit(2);
    }
    Figures figures = new Figures();
    for (Map.Entry<List<Integer>, List<String>> entry : bySizes.entrySet()) {
      for (int threads : ChoiceTable.THREADS) {
        for (RunResult result : run(entry.getValue(), entry.getKey(), threads, quick)) {
          figures.add(result);
        }
      }
    }
    return figures;
  }

  private static Iterable<RunResult> run(
      List<String> subjects, List<Integer> sizes, int threads, boolean quick)
      throws RunnerException {
    System.err.println(threads + " threads, " + sizes + " servers: " + subjects);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(ChoiceBenchmark.class.getName() + "\\..*")
            .param("subject", subjects.toArray(new String[0]))
            .param("servers", sizes.stream().map(String::valueOf).toArray(String[]::new))
            .addProfiler(GCProfiler.class)
            .threads(threads)
            .shouldFailOnError(true)
            .output("benchmarks/target/jmh-" + threads + "-threads-" + sizes.size() + ".log")
            .verbosity(VerboseMode.NORMAL);
    if (quick) {
      options
          .warmupIterations(1)
          .warmupTime(TimeValue.milliseconds(100))
          .measurementIterations(2)
          .measurementTime(TimeValue.milliseconds(100));
    }
    return new Runner(options.build()).run();
  }

  private static String machine() throws IOException {
    String processor = System.getProperty("os.arch");
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (Files.isReadable(cpuinfo)) {
      for (String line : Files.readAllLines(cpuinfo, StandardCharsets.UTF_8)) {
        if (line.startsWith("model name")) {
          processor = line.substring(line.indexOf(':') + 1).strip();
          break;
        }
      }
    }
    return LocalDate.now(ZoneOffset.UTC)
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " × "
        + processor
        + ", JDK "
        + Runtime.version()
        + ", G1; a figure is the best of the iterations";
  }
}
