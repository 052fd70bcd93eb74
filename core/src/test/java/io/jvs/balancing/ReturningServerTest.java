package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Servers that leave a service and come back, or change their part in it. */
class ReturningServerTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:80");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:80");
  private static final VirtualService ONLY_A =
      VirtualService.inProcess("web").realServer(RealServer.of(A)).build();
  private static final VirtualService ONLY_B =
      ONLY_A.toBuilder().realServers(List.of(RealServer.of(B))).build();

  private long now;
  private final Ticker ticker =
      new Ticker() {
        @Override
        public long nanoTime() {
          return now;
        }

        @Override
        public Instant now() {
          return Instant.EPOCH.plusNanos(now);
        }
      };

  private LoadBalancer balancer(VirtualService service) {
    return LoadBalancer.builder(service).ticker(ticker).build();
  }

  @Test
  void a_server_that_was_down_when_it_was_removed_is_up_when_it_returns() {
    LoadBalancer balancer = balancer(ONLY_A);
    balancer.markDown(A, "check failed");
    balancer.apply(ONLY_B);
    balancer.markUp(A); // the monitor forgets it, and speaks of a server that is gone

    balancer.apply(ONLY_A);

    assertThat(balancer.admit(Flow.any())).isInstanceOf(Connection.class);
  }

  @Test
  void a_fallback_that_becomes_a_real_server_keeps_its_connections() {
    VirtualService sorry =
        ONLY_A.toBuilder().realServers(List.of()).fallback(RealServer.of(A)).build();
    LoadBalancer balancer = balancer(sorry);
    Connection open = (Connection) balancer.admit(Flow.any());

    balancer.apply(ONLY_A);
    assertThat(balancer.status(A)).extracting(s -> s.active()).isEqualTo(1);
    assertThat(balancer.status().connections()).isEqualTo(1);

    balancer.apply(ONLY_B);
    assertThat(balancer.status().removed()).extracting(ServerStatus::active).containsExactly(1);
    open.close();
    assertThat(balancer.status().connections()).isZero();
  }

  @Test
  void a_template_does_not_hold_for_a_server_that_has_become_the_fallback() {
    VirtualService persistent =
        ONLY_A.toBuilder().persistence(Persistence.sourceAddress(Duration.ofHours(1))).build();
    LoadBalancer balancer = balancer(persistent);
    Flow client = Flow.keyed("client");
    assertThat(((Connection) balancer.admit(client)).address()).isEqualTo(A);

    balancer.apply(
        persistent.toBuilder()
            .realServers(List.of(RealServer.of(B)))
            .fallback(RealServer.of(A))
            .build());

    assertThat(((Connection) balancer.admit(client)).address()).isEqualTo(B);
  }

  @Test
  void a_template_keeps_a_removed_server_in_memory_for_as_long_as_it_lives() {
    VirtualService both =
        ONLY_A.toBuilder()
            .scheduler("rr")
            .persistence(Persistence.sourceAddress(Duration.ofHours(1)))
            .realServer(RealServer.of(B))
            .build();
    LoadBalancer balancer = balancer(both);
    Flow client = Flow.keyed("client");
    Connection first = (Connection) balancer.admit(client);
    first.close();
    RealServer other = RealServer.of(first.address().equals(A) ? B : A);

    balancer.apply(both.toBuilder().realServers(List.of(other)).build());
    now += Duration.ofMinutes(10).toNanos();
    balancer.apply(both.withWeight(first.address(), 0)); // back, and only a template leads there

    assertThat(((Connection) balancer.admit(client)).address()).isEqualTo(first.address());
  }

  @Test
  void a_server_is_remembered_for_two_minutes_after_its_last_connection_was_seen_to_be_gone() {
    LoadBalancer balancer = balancer(ONLY_A);
    Connection open = (Connection) balancer.admit(Flow.any());
    balancer.apply(ONLY_B);
    now += Duration.ofMinutes(10).toNanos();
    open.close();

    balancer.apply(ONLY_A);

    assertThat(balancer.status(A)).extracting(s -> s.opened()).isEqualTo(1L);
  }

  @Test
  void a_flow_is_not_offered_again_to_a_server_that_has_been_away_for_long() {
    LoadBalancer balancer = balancer(ONLY_A);
    Connection failed = (Connection) balancer.admit(Flow.any());
    failed.fail(Failure.NEVER_SENT, "connection refused");
    for (VirtualService change : List.of(ONLY_B, ONLY_A, ONLY_B, ONLY_B, ONLY_A)) {
      balancer.apply(change.toBuilder().attempts(5).build());
      now += Duration.ofMinutes(3).toNanos();
      balancer.apply(change); // two changes, so that the trash is seen to be idle and emptied
    }

    assertThat(balancer.admitElsewhere(Flow.any(), failed)).isInstanceOf(Refused.class);
  }

  @Test
  void a_change_that_a_policy_could_not_take_is_made_up_for_by_the_next_one() {
    Moody moody = new Moody();
    LoadBalancer balancer =
        LoadBalancer.builder(ONLY_A.toBuilder().scheduler("moody").build())
            .schedulers(Schedulers.builtIn().with(moody))
            .build();
    VirtualService both = balancer.service().toBuilder().realServer(RealServer.of(B)).build();
    moody.failing = true;
    balancer.apply(both);
    moody.failing = false;

    balancer.apply(both.toBuilder().attempts(2).build());

    assertThat(moody.steps).isEqualTo(1 + 1); // A, and then B although its own update failed
    assertThat(balancer.status().servers()).hasSize(2);
  }

  /** A policy that now and then throws when the list changes, and counts the steps it was told. */
  private static final class Moody implements Scheduler {
    private boolean failing;
    private int steps;

    @Override
    public String name() {
      return "moody";
    }

    @Override
    public Selector prepare(ServerView servers, Setup setup) {
      return (view, flow) -> view.size() == 0 ? Selector.NONE : 0;
    }

    @Override
    public Selector update(Selector previous, ListUpdate update, Setup setup) {
      if (failing) {
        throw new IllegalStateException("not today");
      }
      steps += update.steps().size();
      return previous;
    }
  }
}
