package io.jvs.scheduling;

import java.util.List;

/**
 * What happened to a server list since the last time: single steps, oldest first. The kernel calls
 * its schedulers at each step; JVS hands over all steps of one publication at once, so that a table
 * is built once for ten thousand new servers.
 *
 * @param before the list up to now
 * @param steps in the order in which they happened
 * @param after the list from now on
 */
public record ListUpdate(ServerView before, List<Step> steps, ServerView after) {
  public ListUpdate {
    steps = List.copyOf(steps);
  }

  /** One server added, removed or edited. */
  public sealed interface Step {}

  /** A server was put at the head of the list, so that the indexes of all others grew by one. */
  public record Added(int weight) implements Step {}

  /** The server with this index at that moment left, and those behind it moved up. */
  public record Removed(int index) implements Step {}

  /** Weight, limits or forwarding of the server with this index at that moment changed. */
  public record Edited(int index, int weight) implements Step {}
}
