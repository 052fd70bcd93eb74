package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.launcher.control.ConnectionsReport;
import io.jvs.launcher.control.ConnectionsReport.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionsTableTest {
  private static final List<Row> ROWS =
      List.of(
          new Row(
              "00000000000000ff",
              "web",
              "tcp",
              "10.0.0.9:51234",
              "192.0.2.10:80",
              "10.0.0.1:8081",
              "open",
              3_723_000,
              300L,
              1,
              123,
              45_678),
          new Row(
              "0000000000000100",
              "web",
              "udp",
              "10.0.0.10:1",
              "192.0.2.10:80",
              null,
              "unanswered",
              800,
              null,
              0,
              0,
              0));

  @Test
  void a_glance_tells_who_talks_to_whom_since_when_and_how_many_more_there_are() {
    assertThat(ConnectionsTable.of(new ConnectionsReport(20_000, 150, ROWS), false))
        .isEqualTo(
            """
              ID                SERVICE  PRO  STATE         AGE  IDLE  CLIENT          VIRTUAL        SERVER         TRIES   IN    OUT
              00000000000000ff  web      tcp  open        1h02m  0.3s  10.0.0.9:51234  192.0.2.10:80  10.0.0.1:8081      1  123  45.7k
              0000000000000100  web      udp  unanswered   0.8s     -  10.0.0.10:1     192.0.2.10:80  -                  0    0      0
            150 of 20000 connections; 148 more are not shown (--limit, or choose by --service, --server, --client)
            """);
  }

  @Test
  void a_reset_says_how_many() {
    assertThat(ConnectionsTable.of(new ConnectionsReport(7, 0, List.of()), true))
        .isEqualTo("0 of 7 connections are reset\n");
    assertThat(ConnectionsTable.of(new ConnectionsReport(7, 1, ROWS.subList(0, 1)), true))
        .endsWith("1 of 7 connections is reset\n");
  }

  @Test
  void times_have_two_units_at_most() {
    assertThat(ConnectionsTable.time(59_999L)).isEqualTo("59s");
    assertThat(ConnectionsTable.time(725_000L)).isEqualTo("12m05s");
    assertThat(ConnectionsTable.time(86_399_999L)).isEqualTo("23h59m");
    assertThat(ConnectionsTable.time(460_800_000L)).isEqualTo("5d08h");
  }
}
