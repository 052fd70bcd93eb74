package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads who has not asked for DEBUG. */
class ListenersTest {
  private final Logger logger = Logger.getLogger(LoadBalancer.class.getName());
  private final List<String> lines = new ArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.INFO.intValue()) {
            lines.add(record.getLevel() + " " + record.getMessage());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private final FakeTicker ticker = new FakeTicker();

  @BeforeEach
  void listen() {
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    logger.setLevel(null);
    logger.removeHandler(handler);
    logger.setUseParentHandlers(true);
  }

  @Test
  void refusals_are_told_once_in_ten_seconds_with_their_number() {
    LoadBalancer balancer =
        LoadBalancer.builder(VirtualService.inProcess("db").build()).ticker(ticker).build();
    for (int i = 0; i < 5; i++) {
      balancer.admit(Flow.any());
    }
    assertThat(lines).containsExactly("WARNING db: no real server (no-servers)");
    ticker.advance(Duration.ofSeconds(10));
    balancer.admit(Flow.any());
    assertThat(lines)
        .last()
        .isEqualTo("WARNING db: no real server (no-servers) (and 4 since the last)");
  }

  @Test
  void what_a_transport_refuses_is_counted_and_told_with_its_reason() {
    LoadBalancer balancer =
        LoadBalancer.builder(VirtualService.inProcess("db").build()).ticker(ticker).build();
    balancer.refuse(Refused.Cause.BAD_START, () -> "192.0.2.7:4711 sent no PROXY header");
    assertThat(lines)
        .containsExactly("WARNING db: refused (bad-start): 192.0.2.7:4711 sent no PROXY header");
    assertThat(balancer.refused(Refused.Cause.BAD_START)).isEqualTo(1);
  }

  @Test
  void failures_are_told_per_server() {
    LoadBalancer balancer =
        LoadBalancer.builder(
                VirtualService.inProcess("db")
                    .scheduler("rr")
                    .realServer("10.0.0.1:1")
                    .realServer("10.0.0.2:1")
                    .build())
            .ticker(ticker)
            .build();
    for (int i = 0; i < 6; i++) {
      ((Connection) balancer.admit(Flow.any())).fail(Failure.NEVER_SENT, "connection refused");
    }
    assertThat(lines)
        .containsExactly(
            "WARNING db: connection to 10.0.0.2:1 failed, never-sent: connection refused",
            "WARNING db: connection to 10.0.0.1:1 failed, never-sent: connection refused");
  }

  @Test
  void a_flood_of_clients_is_told_once_in_ten_seconds_with_its_size() {
    LoadBalancer balancer =
        LoadBalancer.builder(
                VirtualService.inProcess("db")
                    .realServer("10.0.0.1:1")
                    .persistence(
                        Persistence.applicationKey(Duration.ofMinutes(1))
                            .withRules(TemplateRules.DEFAULT.withMaximum(1)))
                    .build())
            .ticker(ticker)
            .build();
    for (int i = 0; i < 5; i++) {
      balancer.admit(Flow.keyed(i));
    }
    ((Connection) balancer.admit(Flow.keyed(4))).close();
    String line =
        "WARNING db: a client was forgotten before its time, because 1 are remembered, as many as"
            + " persistence allows here";
    assertThat(lines).containsExactly(line);
    ticker.advance(Duration.ofSeconds(10));
    balancer.admit(Flow.keyed(9));
    assertThat(lines).containsExactly(line, line + " (and 4 since the last)");
  }

  @Test
  void a_server_that_goes_down_is_a_warning_and_its_return_is_not() {
    LoadBalancer balancer =
        LoadBalancer.builder(VirtualService.inProcess("db").realServer("10.0.0.1:1").build())
            .ticker(ticker)
            .build();
    balancer.markDown(io.jvs.model.SocketAddresses.parse("10.0.0.1:1"), "connection refused");
    balancer.markUp(io.jvs.model.SocketAddresses.parse("10.0.0.1:1"));
    assertThat(lines)
        .containsExactly(
            "WARNING db: 10.0.0.1:1 down (connection refused); 0 of 1 servers left",
            "INFO db: 10.0.0.1:1 up, was down since 2026-01-01T00:00:00Z (connection refused);"
                + " 1 of 1 servers usable");
  }
}
