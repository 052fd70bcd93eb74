package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays what a real Linux 6.1 kernel decided against a load balancer: every choice, and before
 * each choice the list order, counts, weights, overload marks and templates.
 *
 * <p>{@code -Djvs.traces=DIR[:DIR…]} reads other directories of {@code *.jsonl} files than the
 * project's own.
 */
class KernelTraceTest {
  private static final String CASE = "mh-falling-mixed-v4.jsonl";

  @Test
  void a_load_balancer_decides_as_the_recorded_kernel_did() throws Exception {
    List<Path> files = new ArrayList<>();
    for (Path directory : directories()) {
      files.addAll(tracesIn(directory));
    }
    int choices = 0;
    for (Path file : files) {
      choices += KernelTrace.replay(file);
    }
    System.out.println("traces: " + files.size() + " files, " + choices + " choices, 0 different");
    assertThat(choices).as("choices compared").isPositive();
  }

  @Test
  void a_difference_is_told_with_file_line_servers_and_both_choices(@TempDir Path directory)
      throws Exception {
    List<String> lines = new ArrayList<>(Files.readAllLines(own().resolve(CASE)));
    int wrong = 1;
    while (!lines.get(wrong).contains("\"chosen\":\"s1\"")) {
      wrong++;
    }
    lines.set(wrong, lines.get(wrong).replace("\"chosen\":\"s1\"", "\"chosen\":\"s2\""));
    Path changed = Files.write(directory.resolve("changed.jsonl"), lines);
    assertThatThrownBy(() -> KernelTrace.replay(changed))
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll(
            "changed.jsonl:" + (wrong + 1), "kernel's servers [[\"s", "\"s1\"", "\"s2\"");
  }

  @Test
  void a_directory_without_traces_or_that_is_none_fails(@TempDir Path directory) {
    assertThatThrownBy(() -> tracesIn(directory))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("*.jsonl files in " + directory);
    assertThatThrownBy(() -> tracesIn(directory.resolve("missing")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static Path own() throws URISyntaxException {
    URL own = Objects.requireNonNull(KernelTraceTest.class.getResource("/traces"));
    return Path.of(own.toURI());
  }

  private static List<Path> directories() throws URISyntaxException {
    String given = System.getProperty("jvs.traces", "");
    if (!given.isEmpty()) {
      return Arrays.stream(given.split(":", -1)).map(KernelTraceTest::directory).toList();
    }
    return List.of(own());
  }

  /** People start Maven in the directory above the one that the tests run in. */
  private static Path directory(String given) {
    Path directory = Path.of(given);
    return Files.exists(directory) ? directory : Path.of("..").resolve(directory);
  }

  private static List<Path> tracesIn(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> files =
          entries
              .filter(file -> file.toString().endsWith(".jsonl"))
              .sorted(Comparator.naturalOrder())
              .toList();
      assertThat(files).as("*.jsonl files in %s", directory).isNotEmpty();
      return files;
    }
  }
}
