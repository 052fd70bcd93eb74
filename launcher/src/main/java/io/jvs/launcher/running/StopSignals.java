package io.jvs.launcher.running;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** SIGTERM and SIGINT: the first one asks the process to stop, a second one ends it at once. */
public final class StopSignals {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final AtomicBoolean first = new AtomicBoolean(true);

  private StopSignals() {}

  /**
   * Hears the signals from now on; SIGHUP runs {@code reload}.
   *
   * @param stopped ends when the process has done all it wants to do after {@link #await}
   */
  public static StopSignals install(Runnable reload, CountDownLatch stopped) {
    StopSignals signals = new StopSignals();
    boolean heard = Signals.on("TERM", signals::stop) && Signals.on("INT", signals::stop);
    if (!heard) {
      // The JVM runs its shutdown hooks instead; it must not end before we are through.
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    signals.asked.countDown();
                    awaitQuietly(stopped);
                  },
                  "jvs-stop"));
    }
    if (!Signals.on("HUP", reload)) {
      LOG.info("this system knows no SIGHUP; 'jvs reload' does the same");
    }
    return signals;
  }

  private void stop() {
    if (first.getAndSet(false)) {
      asked.countDown();
    } else {
      LOG.warn("second signal: ending at once");
      System.exit(0); // closes all sockets; what is open is cut off
    }
  }

  /** Blocks until the process is to stop. */
  public void await() {
    awaitQuietly(asked);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then it is over too
    }
  }
}
