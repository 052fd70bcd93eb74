package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

/** Something that carries connections or datagrams from ports of its own to the servers. */
interface Proxy {
  /** As a column of the tables. */
  String name();

  /** Whether this is ours, which gets faster while it runs and has bars to reach. */
  default boolean ours() {
    return false;
  }

  default Carried carried() {
    return Carried.TCP;
  }

  /** A command that prints what a running one says of itself; of JVS only. */
  default List<String> status(Workshop workshop, Ports front) {
    throw new UnsupportedOperationException(name() + " does not say anything of itself");
  }

  /** Whether it can hold as many connections as the others with the same file descriptors. */
  default boolean holdsMany() {
    return true;
  }

  /** How many connections or flows it can hold here. */
  default int most() {
    return Integer.MAX_VALUE;
  }

  /**
   * Commands that together listen at all of {@code front}, after writing what they read.
   *
   * @param front ports at 127.0.0.1, see {@link Ports}
   */
  List<List<String>> commands(Workshop workshop, Ports front, Ports servers)
      throws IOException, InterruptedException;

  /** So many servers at this port, each at a loopback address of its own, from 127.0.0.1 on. */
  static List<String> servers(int number, int port) {
    return IntStream.rangeClosed(1, number).mapToObj(i -> "127.0.0." + i + ":" + port).toList();
  }

  /**
   * Ports by what is behind them.
   *
   * @param echo what comes is sent back
   * @param bulk TCP: without end after the first byte; UDP: what comes is sent back in its trains
   * @param plain as {@code echo}, behind as little policy as can be; of JVS only
   * @param policies as {@code plain}, with much of it; of JVS only
   */
  record Ports(int echo, int bulk, int plain, int policies) {
    int of(Work work) {
      return work.bulk() ? bulk : echo;
    }
  }
}
