package io.jvs.benchmarks.pictures.health;

/** What is wrong with a server. */
enum Fault {
  NONE,
  /** Refuses connections. */
  DEAD,
  /** Answers every call with an error, at once: what draws naive policies to it. */
  FAILS_FAST,
  /** Calls take ten times as long. */
  SLOW
}
