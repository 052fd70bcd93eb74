package io.jvs.agent;

/** What can be measured without knowing the application. */
public final class LoadSources {
  private LoadSources() {}

  /** Used share of the processors since the last question, of the container's if it has fewer. */
  public static LoadSource cpu() {
    return new CpuLoad();
  }

  /** Processes that run or want to, per processor, averaged over a minute. */
  public static LoadSource runQueue() {
    return new RunQueue();
  }

  /** Share of the memory that could not be had any more, of the container's if it has less. */
  public static LoadSource memory() {
    return new MemoryUse();
  }
}
