package io.jvs.transport.listening;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Intake;
import io.jvs.balancing.IntakeStatus;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HearingTest {
  private static final RealServer SERVER = RealServer.of("10.0.0.1:80");
  private static final IntakeStatus STATUS =
      new IntakeStatus(1, 2, Duration.ofSeconds(1), 3, Duration.ofSeconds(2), 4, 5, 6);

  private final List<String> resets = new ArrayList<>();
  private final Hearing hearing =
      new Hearing(new Waiting(), (server, reason) -> resets.add(server + " " + reason));
  private final LoadBalancer first = balancer();
  private final LoadBalancer second = balancer();

  private static final class Waiting implements Intake {
    @Override
    public IntakeStatus status() {
      return STATUS;
    }

    @Override
    public void serversChanged() {}
  }

  private static LoadBalancer balancer() {
    return LoadBalancer.of(VirtualService.tcp("192.0.2.1", 80).realServer(SERVER).build());
  }

  @Test
  void a_load_balancer_is_heard_once_however_often_it_is_followed() {
    hearing.follow(first);
    hearing.follow(first);
    first.control().resetConnections(SERVER.address(), "reset by alice");
    assertThat(resets).singleElement().asString().contains("10.0.0.1:80", "reset by alice");
    assertThat(first.intake()).isSameAs(STATUS);
  }

  @Test
  void after_another_one_the_first_is_heard_still_and_asked_no_more() {
    hearing.follow(first);
    hearing.follow(second);
    first.control().resetConnections(SERVER.address(), "first");
    second.control().resetConnections(SERVER.address(), "second");
    assertThat(resets).hasSize(2);
    assertThat(first.intake()).isNull();
    assertThat(second.intake()).isSameAs(STATUS);
  }

  @Test
  void two_who_carry_one_load_balancer_are_seen_together_and_leave_one_by_one() {
    Hearing other = new Hearing(new Waiting(), (server, reason) -> {});
    hearing.follow(first);
    other.follow(first);
    assertThat(first.intake())
        .isEqualTo(
            new IntakeStatus(2, 4, Duration.ofSeconds(1), 6, Duration.ofSeconds(4), 8, 10, 12));
    hearing.leave();
    assertThat(first.intake()).isSameAs(STATUS);
    other.leave();
    assertThat(first.intake()).isNull();
  }

  @Test
  void nothing_is_heard_after_it_was_left() {
    hearing.leave();
    hearing.follow(first);
    hearing.leave();
    first.control().resetConnections(SERVER.address(), "too late");
    assertThat(resets).isEmpty();
  }
}
