package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConnectionTest {
  private static final RealServer A = RealServer.of("10.0.0.1:53");
  private static final RealServer B = RealServer.of("10.0.0.2:53");
  private static final Flow FLOW =
      Flow.udp(new InetSocketAddress("203.0.113.7", 4000), new InetSocketAddress("192.0.2.1", 53));

  private final LoadBalancer balancer =
      LoadBalancer.of(
          VirtualService.udp("192.0.2.1", 53)
              .name("dns")
              .scheduler("rr")
              .attempts(2)
              .realServers(List.of(A, B))
              .build());
  private final List<LoadBalancerEvent> events = new ArrayList<>();

  ConnectionTest() {
    balancer.addListener(events::add);
  }

  @Test
  void one_that_counts_no_more_may_yet_fail_and_once() {
    Connection connection = admit();
    connection.countNoMore();
    assertThat(balancer.status().connections()).isZero();

    connection.fail(Failure.NEVER_SENT, Fault.REFUSED, "port unreachable");
    connection.fail(Failure.NEVER_SENT, Fault.REFUSED, "told again");

    assertThat(balancer.status().connections()).isZero();
    assertThat(events)
        .singleElement()
        .isInstanceOfSatisfying(
            LoadBalancerEvent.ConnectionFailed.class,
            failed -> assertThat(failed.reason()).isEqualTo("port unreachable"));
  }

  @Test
  void one_that_was_abandoned_fails_no_more() {
    Connection connection = admit();
    connection.abandon();
    connection.countNoMore();
    connection.fail(Failure.NEVER_SENT, Fault.REFUSED, "too late");
    assertThat(events).isEmpty();
  }

  @Test
  void a_server_that_has_answered_may_be_left_for_one_that_was_tried_before_it() {
    Connection first = admit();
    Connection second = elsewhere(first);
    assertThat(second.server()).isNotEqualTo(first.server());
    second.answered();
    Connection third = elsewhere(second);
    assertThat(third.server()).isEqualTo(first.server());

    third.fail(Failure.NEVER_SENT, Fault.REFUSED, "port unreachable");

    assertThat(balancer.admitElsewhere(FLOW, third))
        .as("both were tried")
        .isInstanceOf(Refused.class);
  }

  private Connection admit() {
    return (Connection) balancer.admit(FLOW);
  }

  private Connection elsewhere(Connection failed) {
    failed.fail(Failure.MAYBE_PROCESSED, Fault.NO_ANSWER, "no answer");
    return (Connection) balancer.admitElsewhere(FLOW, failed);
  }
}
