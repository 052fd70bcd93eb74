package io.jvs.benchmarks.proxy;

import java.util.List;
import java.util.Locale;

/** Something that is measured with every proxy, and what one unit of it is called. */
interface Work {
  /** Under which {@link Readings} has the CPU of one unit. */
  String name();

  /** As {@code --only} names it. */
  default String measure() {
    return timed() ? "p50" : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** For people. */
  String title();

  /** What is counted when it is done. */
  String counted();

  /** Of the cost of one unit of work, in CPU. */
  String unit();

  double inUnit(double nanos);

  /** Whether it goes to the servers' second port, see {@link Proxy.Ports#bulk}. */
  boolean bulk();

  /** Whether the time that an operation takes is a figure, too. */
  boolean timed();

  /** How often it is measured with each proxy in a round. */
  default int repeats() {
    return 1;
  }

  /** Arguments of the program that puts the load on. */
  List<String> arguments(int port, double seconds);
}
