package io.jvs.benchmarks.pictures.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What must hold in each scenario, and that docs/health.md shows what is played. */
class ScenariosTest {
  private static final Path DOCS = Path.of("..", "docs");

  @BeforeAll
  static void without_a_log() {
    LogManager.getLogManager().reset(); // as the command does
  }

  @Test
  void the_pictures_are_what_happens() throws IOException {
    Map<String, String> committed = new TreeMap<>();
    try (Stream<Path> files = Files.list(DOCS.resolve("pictures/health"))) {
      for (Path file : files.toList()) {
        committed.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    assertThat(committed)
        .as("docs/pictures/health; benchmarks/pictures draws them anew")
        .isEqualTo(HealthPictures.all());
    String page = Files.readString(DOCS.resolve("health.md"));
    assertThat(committed.keySet())
        .allSatisfy(name -> assertThat(page).contains("](pictures/health/" + name + ")"));
  }

  @Test
  void a_flapping_server_changes_its_verdict_rarely_and_nobody_meets_a_failure() {
    Scenario calm = Scenarios.flapping(true);
    Scenario hasty = Scenarios.flapping(false);
    assertThat(hasty.world().verdicts()).as("fall 1, rise 1").isGreaterThan(20);
    assertThat(calm.world().verdicts()).as("dead for good, and back").isEqualTo(2);
    assertThat(calm.world().failed() + hasty.world().failed())
        .as("a refused connect is tried elsewhere")
        .isZero();
    assertThat(calm.weight(0).subList(104, 140)).as("dead").containsOnly(0.0);
    assertThat(calm.weight(0).get(179)).as("back at its whole weight").isEqualTo(1);
  }

  @Test
  void a_slow_server_is_ejected_by_traffic_and_comes_back() {
    Scenario without = Scenarios.slow(false);
    Scenario with = Scenarios.slow(true);
    assertThat(Scenario.mean(without.open(0), 30, 80)).isGreaterThan(15);
    assertThat(Scenario.mean(with.open(0), 30, 80)).isLessThan(5);
    assertThat(with.world().failed()).isZero();
    assertThat(Scenario.mean(with.share(0), 110, 120)).as("a fifth again").isBetween(15.0, 25.0);
  }

  @Test
  void a_server_that_fails_fast_draws_calls_until_traffic_ejects_it() {
    Scenario without = Scenarios.failsFast(false);
    Scenario with = Scenarios.failsFast(true);
    assertThat(without.failedIn(20, 80)).as("three checks of 10 s each").isGreaterThan(1000);
    assertThat(with.failedIn(20, 80)).isLessThan(without.failedIn(20, 80) / 5);
    assertThat(with.failedIn(100, 120)).isZero();
  }

  @Test
  void a_load_that_swings_moves_a_damped_weight_little() {
    Scenario raw = Scenarios.oscillating(false);
    Scenario damped = Scenarios.oscillating(true);
    assertThat(swing(raw.weight(0).subList(60, 120))).isGreaterThan(1);
    assertThat(swing(damped.weight(0).subList(60, 120))).isLessThan(0.4);
  }

  private static double swing(List<Double> series) {
    double most = series.stream().mapToDouble(each -> each).max().orElse(0);
    double least = series.stream().mapToDouble(each -> each).min().orElse(0);
    return most - least;
  }

  @Test
  void in_a_panic_the_healthy_few_are_not_given_everything() {
    Scenario without = Scenarios.panic(false);
    Scenario with = Scenarios.panic(true);
    assertThat(Scenario.mean(without.share(9), 60, 80)).isBetween(24.0, 26.0);
    assertThat(Scenario.mean(with.share(9), 60, 80)).isBetween(9.0, 11.0);
    assertThat(with.world().events())
        .anySatisfy(event -> assertThat(event).startsWith("fleet: panic, 4 of 10 servers are up"))
        .anySatisfy(event -> assertThat(event).startsWith("fleet: panic is over"));
    assertThat(with.world().failed()).isZero();
  }

  @Test
  void servers_that_come_back_together_take_up_their_calls_slowly() {
    Scenario at = Scenarios.recovery(false);
    Scenario slowly = Scenarios.recovery(true);
    assertThat(Scenario.mean(at.share(0), 43, 46)).isGreaterThan(8);
    assertThat(Scenario.mean(slowly.share(0), 43, 46)).isLessThan(5);
    List<Double> weights = slowly.weight(0).subList(42, 84);
    for (int i = 1; i < weights.size(); i++) {
      assertThat(weights.get(i)).as("second %d", 42 + i).isGreaterThanOrEqualTo(weights.get(i - 1));
    }
    assertThat(Scenario.mean(slowly.share(0), 90, 120)).isBetween(9.0, 11.0);
    assertThat(slowly.failedIn(14, 120)).as("after three checks of a second").isZero();
  }
}
