package io.jvs.agent;

/** Measures how busy the machine is. Called by one thread, once per interval; may read files. */
@FunctionalInterface
public interface LoadSource {
  /** 0 for idle, 1 for as busy as it should ever be, more for overloaded; NaN for unknown. */
  double load();

  /** What is measured, for messages. */
  default String name() {
    return "load";
  }
}
