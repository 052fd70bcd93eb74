package io.jvs.benchmarks.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The soak in its short form: a director of its own, reloads under load. */
@Timeout(180)
@EnabledOnOs(value = OS.LINUX, disabledReason = "figures come from /proc")
class SoakTest {
  @Test
  void under_mixed_load_with_reloads_nothing_grows_and_nobody_fails(@TempDir Path out)
      throws Exception {
    SoakOptions options =
        new SoakOptions(
            Duration.ofSeconds(15), Duration.ofSeconds(1), out, "auto", 0.3, Duration.ofSeconds(4));
    List<String> java =
        List.of("-cp", System.getProperty("java.class.path"), "io.jvs.launcher.Main");
    Report report =
        new Soak(options, java, new PrintStream(OutputStream.nullOutputStream(), true)).run();
    assertThat(report.faults()).as(report.text()).isEmpty();
    List<String> csv = Files.readAllLines(out.resolve("soak.csv"));
    String[] last = csv.get(csv.size() - 1).split(",", -1);
    assertThat(Integer.parseInt(last[9])).as("reloads").isGreaterThanOrEqualTo(4);
    assertThat(Integer.parseInt(last[7])).as("operations").isGreaterThan(1000);
    assertThat(report.pictures())
        .containsOnlyKeys("heap.svg", "resident.svg", "descriptors.svg", "load.svg")
        .allSatisfy((name, svg) -> assertThat(out.resolve(name)).hasContent(svg));
  }
}
