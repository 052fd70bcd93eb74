package io.jvs.transport;

import io.jvs.model.ServiceLimits.Rate;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do at once, one forgetting clients while others send: a burst is not passed, and
 * what is refused is refused because it is used up.
 */
public class PacketLimitInterleavingTest {
  private static final int BURST = 5;
  private static final Pace PACE =
      Objects.requireNonNull(Pace.of(new Rate(1, Duration.ofSeconds(1), BURST)));

  private final PacketLimit limit = new PacketLimit(2, 42);
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger allowed = new AtomicInteger();

  @Operation
  public void send() {
    asked.addAndGet(3);
    allowed.addAndGet(limit.take(PACE, 1, false, 3, 0));
  }

  @Operation
  public void forget() {
    var unused = limit.clients(0);
  }

  @Validate
  public void theBurstIsUsedAndNoMore() {
    int expected = Math.min(BURST, asked.get());
    if (allowed.get() != expected) {
      throw new AssertionError(allowed + " of " + asked + " were allowed, not " + expected);
    }
    if (limit.dropped() != asked.get() - expected) {
      throw new AssertionError(limit.dropped() + " dropped of " + asked);
    }
  }

  @Test
  void in_every_interleaving_tried_the_burst_is_kept() {
    new ModelCheckingOptions()
        .iterations(3)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(0)
        .invocationsPerIteration(200)
        .check(PacketLimitInterleavingTest.class);
  }
}
