package io.jvs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.agent.Answer.Admin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On time of its own. */
class LoadMeterTest {
  private final AtomicLong nanos = new AtomicLong();
  private final List<String> notes = new ArrayList<>();
  private double load;

  private LoadMeter.Builder meter() {
    return LoadMeter.builder().smoothing(Duration.ZERO).notes(notes::add);
  }

  private Answer after(LoadMeter meter, Duration time) {
    nanos.addAndGet(time.toNanos());
    meter.measure();
    return meter.get();
  }

  @Test
  void what_is_not_used_can_be_taken() {
    LoadMeter meter = meter().source(() -> load).build(nanos::get);
    load = 0.3;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(70));
    load = 0;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(100));
  }

  @Test
  void the_busiest_source_counts() {
    LoadMeter meter =
        meter().source(() -> 0.2).source(() -> 0.6).source(() -> 0.4).build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(40));
  }

  @Test
  void load_alone_takes_no_more_than_the_floor_leaves() {
    LoadMeter meter = meter().source(() -> 7).percentFloor(5).build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(5));
  }

  @Test
  void an_unknown_load_says_nothing_and_then_what_it_was() {
    LoadMeter meter = meter().source(() -> load).build(nanos::get);
    load = Double.NaN;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.NOTHING);
    load = 0.25;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(75));
    load = Double.NaN;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(75));
  }

  @Test
  void after_its_time_constant_a_change_has_had_63_percent_of_its_effect() {
    LoadMeter meter =
        meter().smoothing(Duration.ofSeconds(10)).source(() -> load).build(nanos::get);
    after(meter, Duration.ofSeconds(1));
    load = 1;
    assertThat(after(meter, Duration.ofSeconds(10))).isEqualTo(Answer.of(37));
  }

  @Test
  void a_script_may_say_less_than_the_load_leaves_but_not_more() {
    Script script = Script.shell("echo 50 maxconn:4", Duration.ofSeconds(20));
    LoadMeter meter = meter().source(() -> load).script(script).build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(50).maxConnections(4).up());
    load = 0.9;
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(10).maxConnections(4).up());
  }

  @Test
  void touching_the_file_drains_and_removing_it_makes_ready(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("drain");
    LoadMeter meter = meter().source(() -> 0).operatorFile(file).build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).hasToString("100% ready up");
    Files.createFile(file);
    assertThat(after(meter, Duration.ofSeconds(2))).hasToString("100% drain up");
    Files.writeString(file, "maint\n");
    assertThat(after(meter, Duration.ofSeconds(2)).admin()).isEqualTo(Admin.MAINT);
    Files.writeString(file, "stopped #new disk\n");
    assertThat(after(meter, Duration.ofSeconds(2))).hasToString("100% stopped #new disk");
    Files.delete(file);
    assertThat(after(meter, Duration.ofSeconds(2))).hasToString("100% ready up");
  }

  @Test
  void what_cannot_be_understood_changes_nothing_and_is_noted_once(@TempDir Path directory)
      throws Exception {
    Path file = directory.resolve("drain");
    LoadMeter meter = meter().operatorFile(file).build(nanos::get);
    Files.writeString(file, "drain");
    after(meter, Duration.ofSeconds(2));
    Files.writeString(file, "drian");
    after(meter, Duration.ofSeconds(2));
    after(meter, Duration.ofSeconds(2));
    assertThat(meter.get().admin()).isEqualTo(Admin.DRAIN);
    assertThat(notes)
        .containsExactly(
            "answers: drain up",
            "operator file "
                + file
                + ": answer 'drian' (expected: N%, maxconn:N, ready, drain, maint, up, down, fail"
                + " or stopped); what it said before stays");
  }

  @Test
  void a_script_that_fails_leaves_its_last_answer_and_is_noted() {
    Script script = Script.shell("echo nonsense", Duration.ofSeconds(20));
    LoadMeter meter = meter().source(() -> 0).script(script).build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(100));
    assertThat(notes.get(0)).startsWith("script /bin/sh -c echo nonsense: answer 'nonsense'");
  }

  @Test
  void a_source_that_throws_is_noted_and_the_others_count() {
    LoadMeter meter =
        meter()
            .source(
                () -> {
                  throw new IllegalStateException("no sensor");
                })
            .source(() -> 0.5)
            .build(nanos::get);
    assertThat(after(meter, Duration.ofSeconds(2))).isEqualTo(Answer.of(50));
    assertThat(notes.get(0)).contains("no sensor");
  }

  @Test
  void only_what_is_worth_it_is_noted() {
    LoadMeter meter = meter().source(() -> load).build(nanos::get);
    for (double each : new double[] {0, 0.05, 0.09, 0.11, 0.15, 0.5}) {
      load = each;
      after(meter, Duration.ofSeconds(2));
    }
    assertThat(notes).containsExactly("answers: 100%", "answers: 89%", "answers: 50%");
  }

  @Test
  void it_measures_by_itself_until_it_is_closed() {
    AtomicLong questions = new AtomicLong();
    try (LoadMeter meter =
        meter()
            .interval(Duration.ofMillis(100))
            .source(
                () -> {
                  questions.incrementAndGet();
                  return 0;
                })
            .start()) {
      assertThat(meter.get()).isEqualTo(Answer.of(100));
      Eventually.eventually("3 measurements", () -> questions.get() >= 3, questions::get);
    }
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> meter().percentFloor(101))
        .hasMessage("agent percent floor 101 (expected: 0 to 100)");
    assertThatThrownBy(() -> meter().interval(Duration.ofMillis(9)))
        .hasMessage("agent interval of 9 ms (expected: 100 ms to 1 day)");
    assertThatThrownBy(() -> meter().smoothing(Duration.ofMillis(-1)))
        .hasMessage("agent smoothing of -1 ms (expected: 0 or more)");
    assertThatThrownBy(() -> meter().start())
        .hasMessage("agent without anything to measure (expected: a source, a script or a file)");
  }
}
