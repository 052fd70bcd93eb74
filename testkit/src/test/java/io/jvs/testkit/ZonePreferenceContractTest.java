package io.jvs.testkit;

import static io.jvs.testkit.TestServer.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Edited;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;
import io.jvs.scheduling.ZonePreference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Every policy keeps the contract under a zone preference too. */
class ZonePreferenceContractTest {
  private static Scheduler preferring(Scheduler policy) {
    return new Zoned(new ZonePreference(policy, "a"));
  }

  private static Scheduler preferring(String policy) {
    return preferring(Schedulers.builtIn().find(SchedulerSpec.of(policy)));
  }

  @Nested
  class RoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("rr");
    }
  }

  @Nested
  class WeightedRoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("wrr");
    }
  }

  @Nested
  class WeightedLeastConnection implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("wlc");
    }
  }

  @Nested
  class SmoothWeightedRoundRobin implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("swrr");
    }
  }

  @Nested
  class PowerOfTwoChoices implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("p2c");
    }
  }

  @Nested
  class PeakEwma implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("ewma");
    }
  }

  @Nested
  class WeightedLeastIncoming implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("wlib");
    }
  }

  @Nested
  class SourceHashing implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("sh");
    }

    @Override
    public boolean alwaysFindsAUsableServer() {
      return false;
    }
  }

  @Nested
  class SourceHashingWithFallback implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("sh");
    }

    @Override
    public Set<String> flags() {
      return Set.of("sh-fallback");
    }
  }

  @Nested
  class Maglev implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("mh");
    }

    @Override
    public Set<String> flags() {
      return Set.of("mh-fallback");
    }
  }

  @Nested
  class BoundedMaglev implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("mh");
    }

    @Override
    public Set<String> flags() {
      return Set.of("bounded");
    }

    @Override
    public boolean alwaysFindsAUsableServer() {
      return false;
    }
  }

  @Nested
  class LocalityWithReplication implements SchedulerContract {
    @Override
    public Scheduler scheduler() {
      return preferring("lblcr");
    }

    @Override
    public boolean heedsLimits() {
      return false;
    }
  }

  /**
   * The servers of the contract know no zones: here they have one, which goes by name and weight,
   * so that an edited server often moves.
   */
  private record Zoned(Scheduler policy) implements Scheduler {
    @Override
    public String name() {
      return policy.name();
    }

    @Override
    public boolean goesByFlow() {
      return policy.goesByFlow();
    }

    @Override
    public boolean hearsOfExclusion() {
      return policy.hearsOfExclusion();
    }

    @Override
    public Selector prepare(ServerView servers, Setup setup) {
      return policy.prepare(zoned(servers), setup);
    }

    @Override
    public Selector update(Selector previous, ListUpdate update, Setup setup) {
      return policy.update(
          previous,
          new ListUpdate(zoned(update.before()), update.steps(), zoned(update.after())),
          setup);
    }

    private static ServerView zoned(ServerView servers) {
      List<TestServer> copies = new ArrayList<>();
      for (int i = 0; i < servers.size(); i++) {
        RealServer each = servers.server(i);
        String zone = (each.name().hashCode() + each.weight()) % 2 == 0 ? "a" : "b";
        copies.add(
            server(each.name())
                .metadata(Map.of("zone", zone))
                .weight(servers.weight(i))
                .active(servers.active(i))
                .inactive(servers.inactive(i))
                .full(servers.overloaded(i))
                .excluded(servers.excluded(i)));
      }
      return FakeServerView.of(copies);
    }
  }

  private static final List<String> ZONES = List.of("a", "b", "c");

  private final SplittableRandom chance = new SplittableRandom(6);
  private int lastNumber;

  /**
   * Each part is told a story that makes its old list its new one, so that what a policy keeps for
   * a server stays with that server, whatever came, went and moved at once.
   */
  @Test
  void each_part_hears_of_its_own_servers_with_its_own_indexes() {
    Chronicle chronicle = new Chronicle();
    Scheduler policy = new ZonePreference(chronicle, "a");
    Setup setup =
        new Setup(Set.of(), new ManualTicker(), new Random(1), KernelCompatibility.NEWEST);
    FakeServerView view = FakeServerView.of();
    Scheduler.Selector selector = policy.prepare(view, setup);
    for (int round = 0; round < 3000; round++) {
      ListUpdate update = change(view);
      selector = policy.update(selector, update, setup);
      view = (FakeServerView) update.after();
      int chosen = selector.select(view, Flow.any());
      assertThat(chosen).isBetween(Scheduler.Selector.NONE, view.size() - 1);
    }
    assertThat(chronicle.updates).isGreaterThan(3000); // often both parts
  }

  /** Up to four steps, and any number of moves that are no step, as with metadata. */
  private ListUpdate change(FakeServerView before) {
    List<TestServer> servers = new ArrayList<>(before.servers());
    List<Step> steps = new ArrayList<>();
    for (int step = chance.nextInt(5); step > 0; step--) {
      int weight = chance.nextInt(4);
      int kind = chance.nextInt(servers.size() > 8 ? 3 : 5);
      if (servers.isEmpty() || kind > 2) {
        servers.add(0, zoned(server("s" + ++lastNumber).weight(weight)));
        steps.add(new Added(weight));
      } else if (kind == 0) {
        int index = chance.nextInt(servers.size());
        TestServer old = servers.get(index);
        TestServer edited = server(old.definition().name()).metadata(old.definition().metadata());
        servers.set(index, (chance.nextBoolean() ? zoned(edited) : edited).weight(weight));
        steps.add(new Edited(index, weight));
      } else {
        int index = chance.nextInt(servers.size());
        servers.remove(index);
        steps.add(new Removed(index));
      }
    }
    for (int i = 0; i < servers.size(); i++) {
      if (chance.nextInt(10) == 0) {
        TestServer old = servers.get(i);
        servers.set(i, zoned(server(old.definition().name()).weight(old.weight())));
      }
    }
    return new ListUpdate(before, steps, FakeServerView.of(servers));
  }

  private TestServer zoned(TestServer server) {
    return server.metadata(Map.of("zone", ZONES.get(chance.nextInt(ZONES.size()))));
  }

  /** A policy that keeps the name of each server and checks it against every list it is given. */
  private static final class Chronicle implements Scheduler {
    private static final String NEW = "new";
    private int updates;

    private record Names(List<String> names) implements Selector {
      @Override
      public int select(ServerView servers, Flow flow) {
        assertThat(namesOf(servers)).isEqualTo(names);
        return servers.nextEligible(0) < servers.size() ? servers.nextEligible(0) : NONE;
      }
    }

    @Override
    public String name() {
      return "chronicle";
    }

    @Override
    public Selector prepare(ServerView servers, Setup setup) {
      return new Names(namesOf(servers));
    }

    @Override
    public Selector update(Selector previous, ListUpdate update, Setup setup) {
      updates++;
      List<String> before = ((Names) previous).names();
      assertThat(update.before().size()).isEqualTo(before.size());
      assertThat(update.steps()).isNotEmpty();
      List<String> carried = update.carry(before, weight -> NEW, (name, weight) -> name);
      List<String> after = namesOf(update.after());
      assertThat(carried).hasSameSizeAs(after);
      for (int i = 0; i < after.size(); i++) {
        assertThat(carried.get(i)).isIn(NEW, after.get(i));
      }
      List<Integer> weights = new ArrayList<>();
      before.forEach(name -> weights.add(-1));
      List<Integer> told = update.carry(weights, weight -> weight, (w, weight) -> weight);
      for (int i = 0; i < told.size(); i++) {
        assertThat(told.get(i)).isIn(-1, update.after().weight(i));
      }
      return new Names(after);
    }

    private static List<String> namesOf(ServerView servers) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < servers.size(); i++) {
        names.add(servers.server(i).name());
      }
      return names;
    }
  }
}
