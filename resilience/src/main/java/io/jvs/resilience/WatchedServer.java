package io.jvs.resilience;

import io.jvs.balancing.Failure;
import io.jvs.balancing.Judge;
import io.jvs.health.CheckResult;
import io.jvs.model.RealServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One server: in, until it is found bad and perhaps a check says so too; then out for a time; then
 * on trial, until one connection has shown what it is worth. Timer thread only, but for {@link
 * #outcome} and {@link #listedAgain}.
 */
final class WatchedServer {
  private static final Logger LOG = System.getLogger(InBandHealth.class.getName());

  private enum Stage {
    IN,
    /** Found bad; an active check is asked. */
    ASKING,
    OUT,
    /** Its time is served; an active check is asked whether it may be tried. */
    ASKING_BACK,
    ON_TRIAL
  }

  private final WatchedService service;
  private final InetSocketAddress address;
  private final String name;
  private final OutcomeCounts counts = new OutcomeCounts();
  private final AtomicBoolean lookedAtSoon = new AtomicBoolean();
  private volatile Stage stage = Stage.IN;
  private volatile long trialNanos; // when the trial began
  private volatile String reason = "";
  private CallWindow window;
  private String finding = "";
  private int inARow;
  private Duration lastTime = Duration.ZERO;
  private long backNanos;
  private boolean spared; // and it has been said
  private int question; // answers to earlier ones come too late
  private @Nullable Future<?> next;

  WatchedServer(WatchedService service, RealServer server) {
    this.service = service;
    this.address = server.address();
    this.name = server.name();
    this.window = newWindow();
  }

  private CallWindow newWindow() {
    return new CallWindow(name, service.declared(), counts, service.clock());
  }

  InetSocketAddress address() {
    return address;
  }

  boolean isIn() {
    return stage == Stage.IN;
  }

  /** Any thread; neither blocks, locks nor, if the call went well, allocates. */
  void outcome(@Nullable Failure failure, long nanos) {
    boolean tooLong = nanos >= service.patienceNanos();
    Stage now = stage;
    if (now == Stage.IN || now == Stage.ASKING) {
      counts.count(failure, tooLong);
      if ((failure != null || tooLong) && lookedAtSoon.compareAndSet(false, true)) {
        service.execute(this::look);
      }
    } else if (now == Stage.ON_TRIAL
        && service.balancer().nanoTime() - nanos - trialNanos >= 0) { // not one from before
      service.execute(() -> tried(failure, tooLong, nanos));
    }
  }

  private void go(Stage to) {
    boolean wasIn = isIn();
    stage = to;
    if (wasIn != isIn()) {
      service.moved(this, isIn());
    }
  }

  private void look() {
    lookedAtSoon.set(false); // before it looks, so that nothing is overlooked
    if (isIn() && !service.isStopped()) {
      String found = service.detector().finding(read());
      if (found != null) {
        found(found);
      }
    }
  }

  Statistics read() {
    return window.read();
  }

  /** The detector wants it out. */
  void found(String found) {
    if (!isIn()) {
      return;
    }
    if (!service.hasRoom()) {
      if (!spared) {
        spared = true;
        log(
            Level.WARNING,
            found
                + ", but it is not ejected: as many servers are as may be, "
                + service.declared().ejectable(service.size())
                + " of "
                + service.size());
      }
      return;
    }
    finding = found;
    if (service.declared().confirm()) {
      ask(
          Stage.ASKING,
          Stage.IN,
          check -> {
            if (check.passed()) {
              go(Stage.IN);
              window.clear(); // until there is as much against it again
              log(Level.INFO, found + ", but it is not ejected: " + check.detail());
            } else {
              finding = found + "; " + check.detail();
              eject("");
            }
          });
    } else {
      eject("");
    }
  }

  /**
   * Asks the active checks, but not for ever: without an answer it is as before.
   *
   * @param meanwhile what the server is until then
   * @param otherwise what it is if there is no answer
   */
  private void ask(Stage meanwhile, Stage otherwise, Consumer<CheckResult> answered) {
    go(meanwhile);
    int mine = ++question;
    next =
        service.schedule(
            service.declared().ejectionTime().base(),
            () -> {
              if (mine == question && stage == meanwhile) {
                question++;
                if (otherwise == Stage.IN) {
                  go(Stage.IN);
                } else {
                  eject("; the active check gives no answer");
                }
              }
            });
    var unused =
        service
            .check(address)
            .whenComplete(
                (result, failure) ->
                    service.execute(
                        () -> {
                          if (mine == question && stage == meanwhile) {
                            cancel();
                            answered.accept(
                                failure == null ? result : CheckResult.failed(failure.toString()));
                          }
                        }));
  }

  /**
   * Out, for the first time or again.
   *
   * @param why what has come to the finding since then, or nothing
   */
  private void eject(String why) {
    EjectionTime times = service.declared().ejectionTime();
    if (stage == Stage.IN || stage == Stage.ASKING) {
      long calm = service.balancer().nanoTime() - backNanos;
      inARow = inARow == 0 ? 0 : times.left(inARow, lastTime, Duration.ofNanos(calm));
    }
    inARow++;
    Duration time = times.of(inARow, service.chance());
    lastTime = time;
    spared = false;
    reason = finding + why + ", out for " + EjectionTime.text(time);
    boolean again = stage == Stage.ASKING_BACK || stage == Stage.ON_TRIAL;
    go(Stage.OUT);
    window.open();
    service.balancer().control().judge(address, Judge.IN_BAND, reason);
    if (again) { // the first time there is an event
      log(Level.INFO, "still out: " + reason);
    }
    next = service.schedule(time, this::served);
  }

  private void served() {
    if (stage != Stage.OUT) {
      return;
    }
    if (service.declared().confirm()) {
      ask(
          Stage.ASKING_BACK,
          Stage.OUT,
          check -> {
            if (check.passed()) {
              offer();
            } else {
              eject("; then " + check.detail());
            }
          });
    } else {
      offer();
    }
  }

  private void offer() {
    window.halfOpen();
    trialNanos = service.balancer().nanoTime();
    stage = Stage.ON_TRIAL;
    offerAgain();
  }

  /** Nobody may have taken it, or whoever did may have gone before there was an answer. */
  private void offerAgain() {
    if (stage == Stage.ON_TRIAL) {
      service.balancer().control().trial(address);
      next = service.schedule(service.declared().ejectionTime().base(), this::offerAgain);
    }
  }

  private void tried(@Nullable Failure failure, boolean tooLong, long nanos) {
    if (stage != Stage.ON_TRIAL || service.isStopped()) {
      return; // another was faster
    }
    cancel();
    String took = EjectionTime.text(Duration.ofNanos(nanos));
    if (window.tried(failure != null, tooLong)) {
      back("the connection on trial was answered in " + took);
    } else {
      eject(
          "; then the connection on trial "
              + (failure == null ? "took " + took : "failed, " + failure));
    }
  }

  private void back(String why) {
    go(Stage.IN);
    backNanos = service.balancer().nanoTime();
    window.clear();
    log(Level.INFO, "back: " + why);
    service.balancer().control().judge(address, Judge.IN_BAND, null);
  }

  /**
   * The load balancer has forgotten what was said of a server that left. On the thread that tells
   * of the change, so that hardly a flow comes before.
   */
  void listedAgain() {
    Stage now = stage;
    if (now != Stage.IN && now != Stage.ASKING) {
      service.balancer().control().judge(address, Judge.IN_BAND, reason);
    }
  }

  /** Another declaration is in force. */
  void declared() {
    Stage now = stage;
    window = newWindow();
    if (now == Stage.ON_TRIAL) {
      window.halfOpen();
    } else if (now == Stage.OUT || now == Stage.ASKING_BACK) {
      window.open();
    }
  }

  void stop(boolean readmit) {
    cancel();
    question++;
    boolean out = stage != Stage.IN && stage != Stage.ASKING;
    go(Stage.IN);
    if (readmit && out) {
      service.balancer().control().judge(address, Judge.IN_BAND, null);
    }
  }

  private void cancel() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void log(Level level, String what) {
    LOG.log(level, () -> service.balancer().service().name() + ": " + name + " in-band, " + what);
  }
}
