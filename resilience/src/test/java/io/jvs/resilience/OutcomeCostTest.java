package io.jvs.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ManualExecutor;
import io.jvs.testkit.ManualTicker;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What in-band health costs those who carry connections. */
class OutcomeCostTest {
  private static final int OUTCOMES = 100_000;

  /** The smallest object has 16 bytes; a tenth of one each is what the virtual machine may do. */
  @Test
  void hearing_of_a_good_answer_allocates_nothing() {
    ManualTicker ticker = new ManualTicker();
    ManualExecutor timer = new ManualExecutor(ticker);
    LoadBalancer balancer =
        LoadBalancer.builder(VirtualService.inProcess("web").realServer("10.0.0.1:80").build())
            .ticker(ticker)
            .build();
    RealServer server = RealServer.of("10.0.0.1:80");
    WatchedService service =
        new WatchedService(balancer, InBandDeclaration.DEFAULT, timer, new Random(1), null);
    service.start();
    hear(service, server);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    hear(service, server);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    service.stop(true);

    assertThat(allocated).as("bytes for %s outcomes", OUTCOMES).isLessThan(OUTCOMES * 16L / 10);
  }

  private static void hear(WatchedService service, RealServer server) {
    for (int i = 0; i < OUTCOMES; i++) {
      service.outcome(server, null, 1000);
    }
  }
}
