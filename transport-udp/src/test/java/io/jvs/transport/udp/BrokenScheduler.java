package io.jvs.transport.udp;

import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.ServerView;
import io.jvs.scheduling.Setup;

/** A policy from outside that throws. */
final class BrokenScheduler implements Scheduler {
  static final Schedulers ADDED = Schedulers.builtIn().with(new BrokenScheduler());

  @Override
  public String name() {
    return "broken";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return (views, flow) -> {
      throw new IllegalStateException("broken on purpose");
    };
  }
}
