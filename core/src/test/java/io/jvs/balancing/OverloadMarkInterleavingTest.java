package io.jvs.balancing;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.KernelCompatibility;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/** Whatever threads do at once: when all is quiet, the overload mark is what the count says. */
public class OverloadMarkInterleavingTest {
  private static final RealServer LIMITED =
      RealServer.of("127.0.0.1:80").withLimits(new ConnectionLimits(2, 2));
  private static final LoadBalancer BALANCER =
      LoadBalancer.of(VirtualService.inProcess("web").build());

  private final ServerState server =
      new ServerState(LIMITED, KernelCompatibility.NEWEST, BALANCER, Instant.EPOCH);
  private final AtomicInteger open = new AtomicInteger();

  @Operation
  public void open() {
    server.bind(true);
    open.incrementAndGet();
  }

  @Operation
  public void close() {
    int present = open.get();
    while (present > 0 && !open.compareAndSet(present, present - 1)) {
      present = open.get();
    }
    if (present > 0) {
      server.release(true);
    }
  }

  @Validate
  public void countAndMarkAreRight() {
    if (server.active() != open.get() || server.overloaded() != (open.get() >= 2)) {
      throw new AssertionError(open + " are open, but " + server.status());
    }
  }

  @Test
  void in_every_interleaving_tried_the_mark_is_right_in_the_end() {
    new ModelCheckingOptions()
        .iterations(5)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(0)
        .invocationsPerIteration(200)
        .check(OverloadMarkInterleavingTest.class);
  }
}
