package io.jvs.launcher.running;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jvs.balancing.LoadBalancerEvent.FlowRefused;
import io.jvs.balancing.Refused;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // nanoTime may overflow
  private final RefusalLog log = new RefusalLog(now::get);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
  }

  @Test
  void the_first_refusal_of_each_service_and_cause_is_told_at_once() {
    refuse("web", Refused.Cause.ALL_DOWN);
    refuse("web", Refused.Cause.ALL_FULL);
    refuse("mail", Refused.Cause.ALL_DOWN);

    assertThat(told())
        .containsExactly(
            "web: no real server (all-down)",
            "web: no real server (all-full)",
            "mail: no real server (all-down)");
  }

  @Test
  void a_flood_is_one_line_in_ten_seconds_with_its_number() {
    for (int i = 0; i < 1000; i++) {
      refuse("web", Refused.Cause.ALL_DOWN);
    }
    now.addAndGet(Duration.ofSeconds(10).toNanos());
    refuse("web", Refused.Cause.ALL_DOWN);
    refuse("web", Refused.Cause.ALL_DOWN);

    assertThat(told())
        .containsExactly(
            "web: no real server (all-down)",
            "web: no real server (all-down) (and 999 refused before it)");
  }

  private void refuse(String service, Refused.Cause cause) {
    log.onEvent(new FlowRefused(new Refused(service, cause, List.of())));
  }

  private List<String> told() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
