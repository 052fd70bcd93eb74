package io.jvs.scheduling;

/** See {@link Scheduler#of}. */
record StatelessScheduler(String name, Selector selector) implements Scheduler {
  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    return selector;
  }
}
