package io.jvs.scheduling;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

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

  /**
   * What a policy keeps for each server, carried over to the list from now on.
   *
   * @param kept one for each server of {@link #before}
   * @param added makes one for a new server of this weight
   * @param edited what becomes of one whose server was edited, given its weight from then on
   * @return one for each server of {@link #after}; a new list
   */
  public <T> List<T> carry(List<T> kept, IntFunction<T> added, BiFunction<T, Integer, T> edited) {
    List<T> oldestFirst = new ArrayList<>(kept); // so that adding at the head is cheap
    Collections.reverse(oldestFirst);
    for (Step step : steps) {
      int last = oldestFirst.size() - 1;
      if (step instanceof Added add) {
        oldestFirst.add(added.apply(add.weight()));
      } else if (step instanceof Removed removed) {
        oldestFirst.remove(last - removed.index());
      } else if (step instanceof Edited edit) {
        int place = last - edit.index();
        oldestFirst.set(place, edited.apply(oldestFirst.get(place), edit.weight()));
      }
    }
    Collections.reverse(oldestFirst);
    return oldestFirst;
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
