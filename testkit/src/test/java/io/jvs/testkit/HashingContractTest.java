package io.jvs.testkit;

import io.jvs.model.SchedulerSpec;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import java.util.Set;
import org.junit.jupiter.api.Nested;

/** The policies by hash, by locality, by weight alone and by chance, with each set of flags. */
class HashingContractTest {
  private abstract static class Policy implements SchedulerContract {
    private final SchedulerSpec spec;

    Policy(String name, String... flags) {
      this.spec = SchedulerSpec.of(name, flags);
    }

    @Override
    public Scheduler scheduler() {
      return Schedulers.builtIn().find(spec);
    }

    @Override
    public Set<String> flags() {
      return spec.flags();
    }
  }

  /** The client, or the destination, belongs to one server. */
  private abstract static class Owned extends Policy {
    Owned(String name, String... flags) {
      super(name, flags);
    }

    @Override
    public boolean alwaysFindsAUsableServer() {
      return false;
    }
  }

  @Nested
  class DestinationHashing extends Owned {
    DestinationHashing() {
      super("dh");
    }
  }

  @Nested
  class SourceHashing extends Owned {
    SourceHashing() {
      super("sh");
    }
  }

  @Nested
  class SourceHashingWithPort extends Owned {
    SourceHashingWithPort() {
      super("sh", "sh-port");
    }
  }

  @Nested
  class SourceHashingWithFallback extends Policy {
    SourceHashingWithFallback() {
      super("sh", "sh-fallback");
    }
  }

  @Nested
  class SourceHashingWithBoth extends Policy {
    SourceHashingWithBoth() {
      super("sh", "sh-fallback", "sh-port");
    }
  }

  @Nested
  class Maglev extends Owned {
    Maglev() {
      super("mh");
    }
  }

  @Nested
  class MaglevWithPort extends Owned {
    MaglevWithPort() {
      super("mh", "mh-port");
    }
  }

  @Nested
  class MaglevWithFallback extends Policy {
    MaglevWithFallback() {
      super("mh", "mh-fallback");
    }
  }

  @Nested
  class MaglevWithBoth extends Policy {
    MaglevWithBoth() {
      super("mh", "mh-fallback", "mh-port");
    }
  }

  @Nested
  class BoundedMaglev extends Owned {
    BoundedMaglev() {
      super("mh", "bounded");
    }
  }

  @Nested
  class BoundedMaglevWithFallback extends Policy {
    BoundedMaglevWithFallback() {
      super("mh", "bounded", "mh-fallback");
    }
  }

  @Nested
  class BoundedMaglevWithAll extends Policy {
    BoundedMaglevWithAll() {
      super("mh", "bounded", "mh-fallback", "mh-port");
    }
  }

  @Nested
  class WeightedFailover extends Policy {
    WeightedFailover() {
      super("fo");
    }
  }

  @Nested
  class LocalityWithReplication extends Policy {
    LocalityWithReplication() {
      super("lblcr");
    }
  }

  @Nested
  class WeightedTwoChoices extends Policy {
    WeightedTwoChoices() {
      super("twos");
    }
  }

  @Nested
  class LocalityLeastConnection extends Policy {
    LocalityLeastConnection() {
      super("lblc");
    }

    @Override
    public boolean heedsLimits() {
      return false;
    }
  }

  /** A server with more active connections than its weight is usable, but not to this policy. */
  @Nested
  class WeightedOverflow extends Owned {
    WeightedOverflow() {
      super("ovf");
    }
  }
}
