package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each file in {@code wrong/} says in its first lines, after {@code # expect: }, every problem that
 * must be found in it: all of them, no other, in this order and in these words. {@code SCHEDULERS}
 * stands for the names of those that are built in, {@code CHECKS} for the kinds of checks.
 */
class WrongFilesTest {
  private static final Path WRONG = Path.of("src/test/resources/wrong");
  private static final String EXPECT = "# expect: ";

  private final Path directory;

  WrongFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(WRONG)) {
      return files.sorted().toList();
    }
  }

  static List<String> expected(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1)
        .lines()
        .filter(line -> line.startsWith(EXPECT))
        .map(line -> line.substring(EXPECT.length()))
        .map(line -> line.replace("SCHEDULERS", Schedulers.builtIn().names().toString()))
        .map(line -> line.replace("CHECKS", CheckReaders.kinds().toString()))
        .toList();
  }

  @Test
  void there_are_many_and_each_says_what_is_wrong_with_it() throws IOException {
    assertThat(files())
        .hasSizeGreaterThan(80)
        .allSatisfy(f -> assertThat(expected(f)).isNotEmpty());
  }

  @ParameterizedTest
  @MethodSource("files")
  void every_problem_is_told_with_its_place_and_the_way_out(Path file) throws IOException {
    assertThat(problems(file))
        .extracting(problem -> problem.toString().substring(file.toString().length() + 1))
        .containsExactlyElementsOf(expected(file));
  }

  @Test
  void a_missing_file_is_told() {
    assertThat(told(directory.resolve("none.yaml")))
        .isEqualTo("no such file (expected: a YAML file; see docs/configuration.md)");
  }

  @Test
  void a_directory_is_told() {
    assertThat(told(directory)).isEqualTo("is a directory (expected: a YAML file)");
  }

  @Test
  void a_file_that_is_too_large_is_told_before_it_is_read() throws IOException {
    Path file = directory.resolve("large.yaml");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(YamlText.MAX_BYTES + 1L);
    }
    assertThat(told(file)).isEqualTo("33554433 bytes (expected: at most 33554432)");
  }

  @Test
  void another_encoding_is_told() throws IOException {
    Path file = directory.resolve("utf-16.yaml");
    Files.writeString(file, "\uFEFFservices: []\n", StandardCharsets.UTF_16LE);
    assertThat(problems(file))
        .hasToString(
            "[" + file + ":1:1: byte 0xFF is not UTF-8 (expected: a file saved as UTF-8)]");
  }

  private static String told(Path file) {
    List<Problem> problems = problems(file);
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0)).hasToString(file + ": " + problems.get(0).message());
    return problems.get(0).message();
  }

  private static List<Problem> problems(Path file) {
    return catchThrowableOfType(
            ConfigurationException.class,
            () -> ConfigurationFile.read(file, Schedulers.installed(), Transports::objection))
        .problems();
  }
}
