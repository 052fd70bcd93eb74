package io.jvs.testkit;

import static io.jvs.testkit.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.LoadAware;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What every policy promises. Implement it in a test class of your policy:
 *
 * <pre>{@code
 * class MyPolicyTest implements SchedulerContract {
 *   @Override
 *   public Scheduler scheduler() {
 *     return new MyPolicy();
 *   }
 * }
 * }</pre>
 *
 * <p>The contract says nothing about how flows are spread, since that is what policies differ in;
 * {@link Picks} has the figures for tests of that.
 */
public interface SchedulerContract {
  /** The policy under test; a fresh one, or always the same. */
  Scheduler scheduler();

  /** Flags to try it with. */
  default Set<String> flags() {
    return Set.of();
  }

  /**
   * Whether it chooses somebody whenever a server is usable. False for policies such as {@code sh},
   * whose client belongs to one server or none.
   */
  default boolean alwaysFindsAUsableServer() {
    return true;
  }

  /** Whether it looks at connection limits at all; {@code lblc} does not for known destinations. */
  default boolean heedsLimits() {
    return true;
  }

  @Test
  default void an_empty_list_has_nobody_to_choose() {
    assertThat(prepare(FakeServerView.of()).select(FakeServerView.of(), flow(1)))
        .isEqualTo(Selector.NONE);
  }

  @Test
  default void a_single_server_is_chosen_again_and_again() {
    FakeServerView one = FakeServerView.of(server("a"));
    Selector selector = prepare(one);
    for (int i = 0; i < 10; i++) {
      assertThat(selector.select(one, flow(i))).isZero();
    }
  }

  @Test
  default void nobody_is_chosen_when_all_are_quiesced() {
    assertNobodyIn(FakeServerView.of(server("a").weight(0), server("b").weight(0)));
  }

  @Test
  default void nobody_is_chosen_when_all_are_down() {
    assertNobodyIn(FakeServerView.of(server("a").excluded(), server("b").excluded()));
  }

  @Test
  default void nobody_is_chosen_when_all_are_full() {
    assumeTrue(heedsLimits(), "the policy does not heed limits");
    assertNobodyIn(FakeServerView.of(server("a").full(), server("b").full()));
  }

  private void assertNobodyIn(FakeServerView view) {
    Selector selector = prepare(view);
    for (int i = 0; i < 10; i++) {
      assertThat(selector.select(view, flow(i))).as("%s", view).isEqualTo(Selector.NONE);
    }
  }

  @Test
  default void only_usable_servers_are_chosen_whatever_happens_to_them() {
    SplittableRandom chance = new SplittableRandom(1);
    for (int round = 0; round < 200; round++) {
      FakeServerView view = FakeServerView.ofSize(1 + chance.nextInt(round % 4 == 0 ? 100 : 8));
      Selector selector = prepare(view);
      for (int pick = 0; pick < 20; pick++) {
        selector = changeOne(view, selector, chance);
        checkChoice(view, selector.select(view, flow(chance.nextInt(50))));
      }
    }
  }

  @Test
  default void the_list_may_change_in_any_way_between_choices() {
    SplittableRandom chance = new SplittableRandom(2);
    FakeServerView view = FakeServerView.of();
    Selector selector = prepare(view);
    for (int round = 0; round < 2_000; round++) {
      ListUpdate update = randomUpdate(view, chance);
      selector = scheduler().update(selector, update, setup());
      view = (FakeServerView) update.after();
      for (int pick = chance.nextInt(4); pick > 0; pick--) {
        selector = changeOne(view, selector, chance);
        checkChoice(view, selector.select(view, flow(chance.nextInt(50))));
      }
    }
  }

  @Test
  default void the_same_events_give_the_same_choices() {
    assertThat(someChoices(3)).isEqualTo(someChoices(3));
  }

  private List<Integer> someChoices(long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    FakeServerView view = FakeServerView.of();
    Selector selector = prepare(view);
    List<Integer> choices = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      ListUpdate update = randomUpdate(view, chance);
      selector = scheduler().update(selector, update, setup());
      view = (FakeServerView) update.after();
      for (int pick = 0; pick < 5; pick++) {
        choices.add(selector.select(view, flow(chance.nextInt(50))));
      }
    }
    return choices;
  }

  @Test
  default void many_threads_may_choose_at_once() throws InterruptedException, ExecutionException {
    FakeServerView view = FakeServerView.ofSize(7);
    Selector selector = prepare(view);
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int thread = t;
        all.add(
            threads.submit(
                () -> {
                  for (int pick = 0; pick < 20_000; pick++) {
                    assertThat(selector.select(view, flow(31 * pick + thread)))
                        .isBetween(Selector.NONE, view.size() - 1);
                  }
                }));
      }
      Future<?> changes =
          threads.submit(
              () -> {
                SplittableRandom chance = new SplittableRandom(4);
                while (!stop.get()) {
                  var unused = changeOne(view, selector, chance);
                }
              });
      for (Future<?> each : all) {
        each.get();
      }
      stop.set(true);
      changes.get();
    } finally {
      stop.set(true);
      threads.shutdown();
    }
  }

  /**
   * The smallest object has 16 bytes, so a policy that made one for each choice would allocate
   * 1,600,000 bytes here; a tenth of that leaves room for what the virtual machine does at times.
   */
  @Test
  default void choosing_allocates_nothing() {
    FakeServerView view = FakeServerView.ofSize(10);
    Selector selector = prepare(view);
    Flow[] flows = new Flow[64];
    for (int i = 0; i < flows.length; i++) {
      flows[i] = flow(i);
    }
    chooseOften(selector, view, flows); // tables that grow have grown, code is compiled
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int chosen = chooseOften(selector, view, flows);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(chosen).isPositive();
    assertThat(allocated).as("bytes for 100,000 choices").isLessThan(160_000);
  }

  private static int chooseOften(Selector selector, ServerView view, Flow[] flows) {
    int chosen = 0;
    for (int i = 0; i < 100_000; i++) {
      chosen += selector.select(view, flows[i & 63]) == Selector.NONE ? 0 : 1;
    }
    return chosen;
  }

  /**
   * Counters of 31 and 32 bits wrap. Takes minutes, so it runs on demand only: {@code
   * -Djvs.test.args=-Djvs.slow=true}.
   */
  @Test
  @EnabledIfSystemProperty(
      named = "jvs.slow",
      matches = "true",
      disabledReason = "4,294,967,396 choices take minutes; -Djvs.test.args=-Djvs.slow=true")
  default void choices_go_on_after_two_to_the_power_of_32_of_them() {
    FakeServerView view = FakeServerView.of(server("a"), server("b").weight(2), server("c"));
    Selector selector = prepare(view);
    Flow flow = flow(1);
    for (long pick = 0; pick < (1L << 32) + 100; pick++) {
      int chosen = selector.select(view, flow);
      if (chosen < 0 || chosen >= 3) {
        throw new AssertionError("choice " + chosen + " of 3 servers after " + pick + " choices");
      }
    }
  }

  private Selector prepare(FakeServerView view) {
    return scheduler().prepare(view, setup());
  }

  private Setup setup() {
    RandomGenerator random = new Random(5); // may be used by several threads
    return new Setup(flags(), new ManualTicker(), random, KernelCompatibility.NEWEST);
  }

  private static Flow flow(int number) {
    InetSocketAddress client =
        SocketAddresses.parse("10.1." + (number >> 8 & 0xFF) + "." + (number & 0xFF) + ":40000");
    return Flow.tcp(client, SocketAddresses.parse("192.0.2.10:80"));
  }

  private void checkChoice(FakeServerView view, int choice) {
    assertThat(choice).as("%s", view).isBetween(Selector.NONE, view.size() - 1);
    if (choice != Selector.NONE) {
      boolean allowed =
          heedsLimits() ? view.eligible(choice) : view.weight(choice) > 0 && !view.excluded(choice);
      assertThat(allowed).as("choice %d of %s", choice, view).isTrue();
    } else if (alwaysFindsAUsableServer()) {
      for (int i = 0; i < view.size(); i++) {
        assertThat(view.eligible(i)).as("nobody, but %d is usable of %s", i, view).isFalse();
      }
    }
  }

  /**
   * Counts and marks change under a policy; weights only by an update.
   *
   * @return the selector that goes on afterwards
   */
  private Selector changeOne(FakeServerView view, Selector selector, SplittableRandom chance) {
    if (view.size() == 0) {
      return selector;
    }
    int index = chance.nextInt(view.size());
    TestServer server = view.servers().get(index);
    boolean wasExcluded = server.isExcluded();
    switch (chance.nextInt(4)) {
      case 0 -> server.active(chance.nextInt(300));
      case 1 -> server.inactive(chance.nextInt(300));
      case 2 -> server.full(chance.nextInt(3) == 0);
      default -> server.excluded(chance.nextInt(3) == 0);
    }
    if (selector instanceof LoadAware loadAware) {
      loadAware.loadChanged(view, index);
    }
    if (server.isExcluded() == wasExcluded || !scheduler().hearsOfExclusion()) {
      return selector;
    }
    List<ListUpdate.Step> edit = List.of(new ListUpdate.Edited(index, server.weight()));
    return scheduler().update(selector, new ListUpdate(view, edit, view), setup());
  }

  /** One to three servers come, go or get another weight. */
  private static ListUpdate randomUpdate(FakeServerView before, SplittableRandom chance) {
    List<TestServer> servers = new ArrayList<>(before.servers());
    List<ListUpdate.Step> steps = new ArrayList<>();
    for (int step = 1 + chance.nextInt(3); step > 0; step--) {
      int weight = chance.nextInt(4) == 0 ? 0 : chance.nextInt(1, 20);
      int kind = chance.nextInt(servers.size() > 8 ? 4 : 6);
      if (servers.isEmpty() || kind > 3) {
        servers.add(0, server("server-" + chance.nextInt(1_000_000)).weight(weight));
        steps.add(new ListUpdate.Added(weight));
      } else if (kind < 2) {
        int index = chance.nextInt(servers.size());
        servers.remove(index);
        steps.add(new ListUpdate.Removed(index));
      } else {
        int index = chance.nextInt(servers.size());
        TestServer old = servers.get(index);
        servers.set(
            index,
            server(old.definition().name())
                .weight(weight)
                .active(old.active())
                .inactive(old.inactive()));
        steps.add(new ListUpdate.Edited(index, weight));
      }
    }
    return new ListUpdate(before, steps, FakeServerView.of(servers));
  }
}
