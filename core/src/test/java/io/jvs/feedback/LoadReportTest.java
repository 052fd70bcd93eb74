package io.jvs.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.RealServer;
import io.jvs.model.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class LoadReportTest {
  private static final RealServer SERVER = RealServer.of("10.0.0.1:80");

  @Test
  void the_text_form_is_read() {
    assertThat(
            LoadReport.parse(
                "TEXT cpu_utilization=0.3, application_utilization=0.8,rps_fractional=100.5,"
                    + " eps=2, named_metrics.queue=7, mem_utilization=0.5"))
        .isEqualTo(
            new LoadReport(
                0.3, 0.8, 100.5, 2, Map.of("named_metrics.queue", 7.0, "mem_utilization", 0.5)));
  }

  @Test
  void the_json_form_is_the_same() {
    assertThat(
            LoadReport.parse(
                """
                JSON { "cpu_utilization": 0.3, "application_utilization": 8e-1,
                  "rps_fractional": 100.5, "eps": 2, "mem_utilization": 0.5,
                  "named_metrics": { "queue": 7 }, "request_cost": {} }"""))
        .isEqualTo(
            LoadReport.parse(
                "TEXT cpu_utilization=0.3, application_utilization=0.8,rps_fractional=100.5,"
                    + " eps=2, named_metrics.queue=7, mem_utilization=0.5"));
  }

  @Test
  void the_word_text_may_be_absent_and_so_may_everything() {
    assertThat(LoadReport.parse("cpu_utilization=0.3").cpuUtilization()).isEqualTo(0.3);
    assertThat(LoadReport.parse("TEXT rps=10").requestsPerSecond()).isEqualTo(10);
    assertThat(LoadReport.parse("TEXT")).isEqualTo(new LoadReport(0, 0, 0, 0, Map.of()));
    assertThat(LoadReport.parse("JSON {}")).isEqualTo(new LoadReport(0, 0, 0, 0, Map.of()));
  }

  @Test
  void the_weight_is_requests_by_utilization() {
    assertThat(LoadReport.parse("TEXT cpu_utilization=0.5, rps_fractional=100").weight(1))
        .isEqualTo(200);
    assertThat(
            LoadReport.parse(
                    "TEXT cpu_utilization=0.5, application_utilization=0.25, rps_fractional=100")
                .weight(1))
        .as("the application knows better")
        .isEqualTo(400);
  }

  @Test
  void errors_count_as_utilization() {
    LoadReport failing = LoadReport.parse("TEXT cpu_utilization=0.5, rps_fractional=100, eps=50");
    assertThat(failing.weight(1)).isEqualTo(100);
    assertThat(failing.weight(0)).isEqualTo(200);
  }

  @Test
  void too_little_is_no_weight() {
    assertThat(LoadReport.parse("TEXT cpu_utilization=0.5").weight(1)).isNaN();
    assertThat(LoadReport.parse("TEXT rps_fractional=100").weight(1)).isNaN();
  }

  @Test
  void what_is_no_report_is_told() {
    assertThatThrownBy(() -> LoadReport.parse("TEXT cpu_utilization"))
        .hasMessage("load report 'cpu_utilization' (expected: NAME=NUMBER)");
    assertThatThrownBy(() -> LoadReport.parse("TEXT cpu_utilization=high"))
        .hasMessage("load report 'cpu_utilization=high' (expected: a number)");
    assertThatThrownBy(() -> LoadReport.parse("TEXT eps=-1"))
        .hasMessage("load report 'eps=-1' (expected: 0 or more)");
    assertThatThrownBy(() -> LoadReport.parse("TEXT eps=NaN"))
        .hasMessage("load report 'eps=NaN' (expected: 0 or more)");
    assertThatThrownBy(() -> LoadReport.parse("JSON {\"eps\": }"))
        .hasMessage("load report '}' (expected: a number)");
    assertThatThrownBy(() -> LoadReport.parse("JSON {\"eps\": 1"))
        .hasMessage("load report '' (expected: '}')");
    assertThatThrownBy(() -> LoadReport.parse("JSON {} x"))
        .hasMessage("load report 'x' (expected: the end)");
    assertThatThrownBy(() -> LoadReport.parse("TEXT eps=1").weight(-1))
        .hasMessage("error penalty -1.0 (expected: 0 or more)");
  }

  @Property
  void any_text_is_a_report_or_is_refused_as_none(@ForAll @StringLength(max = 80) String text) {
    for (String header : new String[] {text, "JSON " + text, "JSON {\"" + text}) {
      try {
        assertThat(LoadReport.parse(header).requestsPerSecond()).isNotNegative();
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith("load report '");
      }
    }
  }

  @Property
  void a_weight_is_positive_or_unknown_and_falls_with_utilization_and_errors(
      @ForAll @DoubleRange(min = 0, max = 10) double utilization,
      @ForAll @DoubleRange(min = 0, max = 1e6) double requests,
      @ForAll @DoubleRange(min = 0, max = 1) double errorRate) {
    double errors = requests * errorRate;
    LoadReport report = new LoadReport(utilization, 0, requests, errors, Map.of());
    double weight = report.weight(1);
    if (utilization > 0 && requests > 0) {
      assertThat(weight).isPositive();
      assertThat(new LoadReport(utilization * 2, 0, requests, errors, Map.of()).weight(1))
          .isLessThanOrEqualTo(weight);
      assertThat(new LoadReport(utilization, 0, requests, 0, Map.of()).weight(1))
          .isGreaterThanOrEqualTo(weight);
    } else {
      assertThat(weight).isNaN();
    }
  }

  @Test
  void the_latest_report_counts_until_it_is_too_old() {
    AtomicLong nanos = new AtomicLong();
    Ticker ticker =
        new Ticker() {
          @Override
          public long nanoTime() {
            return nanos.get();
          }

          @Override
          public Instant now() {
            return Instant.ofEpochSecond(0, nanos.get());
          }
        };
    LoadReports reports = new LoadReports(ticker, Duration.ofSeconds(10), 1);
    assertThat(reports.measure(SERVER)).isNaN();
    reports.report(SERVER, "TEXT cpu_utilization=0.5, rps_fractional=100");
    reports.report(SERVER, "TEXT cpu_utilization=0.5, rps_fractional=50");
    reports.report(SERVER, "nonsense");
    assertThat(reports.measure(SERVER)).isEqualTo(100);
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(reports.measure(SERVER)).isEqualTo(100);
    nanos.addAndGet(1);
    assertThat(reports.measure(SERVER)).isNaN();
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> new LoadReports(Ticker.system(), Duration.ZERO, 1))
        .hasMessage("load reports with expiry PT0S (expected: more than 0)");
    assertThatThrownBy(() -> new LoadReports(Ticker.system(), Duration.ofSeconds(1), -1))
        .hasMessage("load reports with error penalty -1.0 (expected: 0 or more)");
  }
}
