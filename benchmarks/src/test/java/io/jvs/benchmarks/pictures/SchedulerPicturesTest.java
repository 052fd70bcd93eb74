package io.jvs.benchmarks.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documentation shows what the policies do today. */
class SchedulerPicturesTest {
  private static final Path DOCS = Path.of("..", "docs");

  @BeforeAll
  static void without_a_log() {
    LogManager.getLogManager().reset(); // as the command does
  }

  @Test
  void the_pictures_are_what_the_policies_do() throws IOException {
    Map<String, String> committed = new TreeMap<>();
    try (Stream<Path> files = Files.list(DOCS.resolve("pictures"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        committed.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(committed)
        .as("docs/pictures; benchmarks/pictures draws them anew, look at them before committing")
        .isEqualTo(SchedulerPictures.all());
  }

  @Test
  void every_policy_has_a_section_with_its_flags_and_its_picture() throws IOException {
    String page = Files.readString(DOCS.resolve("schedulers.md"));
    Schedulers builtIn = Schedulers.builtIn();
    for (String policy : builtIn.names()) {
      int start = page.indexOf("\n## " + policy + "\n");
      assertThat(start).as("docs/schedulers.md: the section of " + policy).isNotNegative();
      int end = page.indexOf("\n## ", start + 1);
      String section = page.substring(start, end < 0 ? page.length() : end);
      assertThat(section).contains("](pictures/" + policy + ".svg)");
      for (String flag : builtIn.find(SchedulerSpec.of(policy)).flags()) {
        assertThat(section).contains("`" + flag + "`");
      }
    }
  }

  @Test
  void weighted_policies_share_by_weight_and_round_robin_does_not() {
    Course weighted = Course.of("wrr");
    Course even = Course.of("rr");
    for (int i = 0; i < 5; i++) {
      assertThat(weighted.shares().get(i))
          .isBetween((i + 1) / 15.0 - 0.001, (i + 1) / 15.0 + 0.001);
      assertThat(even.shares().get(i)).isBetween(0.199, 0.201);
    }
    int whileDown = (Course.DOWN_TO - 2) / Course.STEP_SECONDS;
    assertThat(even.open().get(whileDown)[Course.DOWN_SERVER]).isZero();
    assertThat(even.refusedWhileDown()).isZero();
  }
}
