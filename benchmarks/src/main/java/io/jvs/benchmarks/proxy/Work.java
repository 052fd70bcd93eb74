package io.jvs.benchmarks.proxy;

import java.util.List;

/** Something that is measured with every proxy, and what one unit of it is called. */
interface Work {
  /** Under which {@link Readings} has the CPU of one unit. */
  String name();

  /** For people. */
  String title();

  /** Of the cost of one unit of work, in CPU. */
  String unit();

  double inUnit(double nanos);

  /** Whether it goes to the servers' second port, see {@link Proxy.Ports#bulk}. */
  boolean bulk();

  /** Arguments of the program that puts the load on. */
  List<String> arguments(int port, double seconds);
}
