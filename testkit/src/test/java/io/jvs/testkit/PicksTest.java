package io.jvs.testkit;

import static io.jvs.testkit.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Scheduler.Selector;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PicksTest {
  private final FakeServerView view = FakeServerView.of(server("a").weight(3), server("b"));

  /** Chooses as written: a letter for a server, a hyphen for nobody. */
  private Picks picks(String written) {
    AtomicInteger next = new AtomicInteger();
    return Picks.of(
        (servers, flow) -> "ab".indexOf(written.charAt(next.getAndIncrement())),
        view,
        written.length());
  }

  @Test
  void counts_and_shares_are_of_choices_that_found_a_server() {
    Picks picks = picks("aab-a-");
    assertThat(picks.total()).isEqualTo(6);
    assertThat(picks.nobody()).isEqualTo(2);
    assertThat(picks.count("a")).isEqualTo(3);
    assertThat(picks.share("a:80")).isEqualTo(0.75);
    assertThat(picks.fairShare("b")).isEqualTo(0.25);
    assertThat(picks.counts()).containsExactly(Map.entry("a:80", 3), Map.entry("b:80", 1));
    assertThat(picks).hasToString("{a:80=3, b:80=1}, nobody 2");
  }

  @Test
  void the_largest_deviation_may_be_in_the_middle() {
    // a: 1-.75, 2-1.5, 3-2.25 = .75, then down to 3-3; b: 0-.75, 1-1
    assertThat(picks("aaab").largestDeviation()).isEqualTo(0.75);
    // b first: 1-.25 = .75, a 0-.75
    assertThat(picks("baaa").largestDeviation()).isEqualTo(0.75);
    // after six: 6-4.5
    assertThat(picks("aaaaaabb").largestDeviation()).isEqualTo(1.5);
    // b waits: 0-1.5 before it is chosen
    assertThat(picks("aaaaaab").largestDeviation()).isEqualTo(1.5);
    // nobody is no choice
    assertThat(picks("aa--ab").largestDeviation()).isEqualTo(0.75);
    assertThat(picks("").largestDeviation()).isZero();
  }

  @Test
  void the_longest_run_is_broken_by_others_and_by_nobody() {
    assertThat(picks("aabaaabb").longestRun()).isEqualTo(3);
    assertThat(picks("aa-aa").longestRun()).isEqualTo(2);
    assertThat(picks("b").longestRun()).isEqualTo(1);
    assertThat(picks("--").longestRun()).isZero();
  }

  @Test
  void chi_square_compares_with_weights_or_given_shares() {
    Picks picks = picks("aaaaabbbbb");
    assertThat(picks.chiSquare().statistic())
        .isCloseTo(2.5 * 2.5 / 7.5 + 2.5, within(1e-9)); // 7.5 and 2.5 expected
    assertThat(picks.chiSquare(Map.of("a", 1.0, "b", 1.0))).isEqualTo(new ChiSquare(0, 1, 1));
    assertThat(picks.chiSquare(Map.of("a", 1.0)).probability()).isZero();
  }

  @Test
  void a_server_that_is_out_at_the_start_has_no_fair_share() {
    FakeServerView one = FakeServerView.of(server("a").weight(3).full(), server("b"));
    Picks picks = Picks.of((servers, flow) -> 1, one, 10);
    assertThat(picks.fairShare("a")).isZero();
    assertThat(picks.largestDeviation()).isZero();
  }

  @Test
  void unknown_servers_and_wrong_choices_are_told() {
    assertThatThrownBy(() -> picks("a").count("c"))
        .hasMessage("no server 'c' (expected: one of [a:80, b:80])");
    assertThatThrownBy(() -> Picks.of((servers, flow) -> 2, view, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessage("choice 0 is 2 of 2 servers");
  }

  @Test
  void a_load_balancer_may_be_asked_too() {
    LoadBalancer balancer =
        LoadBalancer.of(
            VirtualService.inProcess("web")
                .scheduler("swrr")
                .realServer("10.0.0.1:80", 3)
                .realServer("10.0.0.2:80", 1)
                .realServer("10.0.0.3:80", 0)
                .fallback(RealServer.of("10.0.0.9:80"))
                .build());
    Picks picks = Picks.of(balancer, 400);
    assertThat(picks.counts())
        .containsOnly(
            Map.entry("10.0.0.1:80", 300),
            Map.entry("10.0.0.2:80", 100),
            Map.entry("10.0.0.3:80", 0));
    assertThat(picks.largestDeviation()).isLessThanOrEqualTo(1);
    assertThat(balancer.status().connections()).isZero();

    balancer.markDown(server("10.0.0.1").definition().address(), "test");
    balancer.markDown(server("10.0.0.2").definition().address(), "test");
    assertThat(Picks.of(balancer, 10).nobody()).isEqualTo(10);
  }

  @Test
  void flows_are_given_by_number() {
    Selector byKey = (servers, flow) -> flow.key() instanceof Integer n ? n % 2 : Selector.NONE;
    assertThat(Picks.of(byKey, view, 10, Flow::keyed).counts())
        .containsEntry("a:80", 5)
        .containsEntry("b:80", 5);
  }

  /** From the usual tables. */
  @Test
  void probabilities_are_those_of_the_tables() {
    assertThat(ChiSquare.probability(3.841459, 1)).isCloseTo(0.05, within(1e-7));
    assertThat(ChiSquare.probability(6.634897, 1)).isCloseTo(0.01, within(1e-7));
    assertThat(ChiSquare.probability(2 * Math.log(2), 2)).isCloseTo(0.5, within(1e-14));
    assertThat(ChiSquare.probability(16.918978, 9)).isCloseTo(0.05, within(1e-7));
    assertThat(ChiSquare.probability(8.342833, 9)).isCloseTo(0.5, within(1e-7));
    assertThat(ChiSquare.probability(2.087901, 9)).isCloseTo(0.99, within(1e-7));
    assertThat(ChiSquare.probability(124.342113, 100)).isCloseTo(0.05, within(1e-7));
    assertThat(ChiSquare.probability(149.449253, 100)).isCloseTo(0.001, within(1e-8));
    assertThat(ChiSquare.probability(10_000, 9_999)).isCloseTo(0.4952, within(1e-3));
    assertThat(ChiSquare.probability(1e6, 3)).isZero();
  }

  @Test
  void pearsons_statistic_of_a_die() {
    ChiSquare die = ChiSquare.of(new int[] {5, 8, 9, 8, 10, 20}, new double[] {1, 1, 1, 1, 1, 1});
    assertThat(die.statistic()).isCloseTo(13.4, within(1e-12));
    assertThat(die.degreesOfFreedom()).isEqualTo(5);
    assertThat(die.probability()).isCloseTo(0.0199, within(5e-5));
  }

  @Test
  void the_probability_tells_chance_from_a_bias() {
    Random chance = new Random(3);
    FakeServerView ten = FakeServerView.ofSize(10);
    Picks fair = Picks.of((servers, flow) -> chance.nextInt(10), ten, 10_000);
    assertThat(fair.chiSquare().probability()).isGreaterThan(0.001);
    Picks biased = // 13 % for the first one, 9.7 % for the others
        Picks.of((servers, flow) -> chance.nextInt(30) == 0 ? 0 : chance.nextInt(10), ten, 10_000);
    assertThat(biased.chiSquare().probability()).isLessThan(1e-6);
  }

  @Test
  void wrong_shares_are_refused() {
    assertThatThrownBy(() -> ChiSquare.of(new int[] {1}, new double[] {-1}))
        .hasMessage("share 0 is -1.0 (expected: 0 or more)");
    assertThatThrownBy(() -> ChiSquare.of(new int[] {1}, new double[] {1, 2}))
        .hasMessage("1 counts and 2 shares (expected: one for each)");
  }
}
