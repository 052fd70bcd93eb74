package io.jvs.scheduling;

import java.lang.ref.WeakReference;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one list as policies with a memory know them: by identity, which is the address,
 * so that what they remember outlives changes of the list. A server that is removed and returns
 * while it is still remembered is the same one as before (the kernel's trash keeps it as long).
 *
 * <p>Each list has its own roster; members are shared. Made by the control side; read by any
 * thread.
 */
final class Roster {
  private final ServerView servers;
  private final Member[] members; // by index

  /** Removed ones that perhaps are remembered; the control side's. */
  private final Map<InetSocketAddress, WeakReference<Member>> gone;

  private Roster(
      ServerView servers, Member[] members, Map<InetSocketAddress, WeakReference<Member>> gone) {
    this.servers = servers;
    this.members = members;
    this.gone = gone;
  }

  /** A server, listed or not. */
  static final class Member {
    /** Its place in the newest list, which may not be the one at hand. */
    private volatile int index = Scheduler.Selector.NONE;

    /** Where it was listed last; null while it is listed. */
    private volatile @Nullable Departed departed;
  }

  /** Weight and connections of a removed server; the latter live on, and are seen until none is. */
  private record Departed(int weight, @Nullable ServerView last, int index) {
    int overhead() {
      return last == null ? 0 : last.overhead(index);
    }

    boolean isIdle() {
      return last == null || (last.active(index) == 0 && last.inactive(index) == 0);
    }
  }

  static Roster of(ServerView servers) {
    return new Roster(servers, new Member[0], new HashMap<>()).admit(servers, new HashMap<>());
  }

  /** The roster of the list from now on. */
  Roster next(ListUpdate update) {
    Map<InetSocketAddress, Member> present = new HashMap<>();
    for (int i = 0; i < members.length; i++) {
      present.put(servers.server(i).address(), members[i]);
    }
    gone.values().removeIf(Roster::isForgotten);
    Roster next = admit(update.after(), present);
    if (present.isEmpty()) { // all were admitted again
      return next;
    }
    int[] lastWeights = lastWeights(update);
    for (int i = 0; i < members.length; i++) {
      if (present.containsKey(servers.server(i).address())) {
        members[i].departed = new Departed(lastWeights[i], servers, i);
        members[i].index = Scheduler.Selector.NONE;
        gone.put(servers.server(i).address(), new WeakReference<>(members[i]));
      }
    }
    return next;
  }

  /**
   * Of each server before the update, the last it had: it may have been edited and then removed.
   */
  private int[] lastWeights(ListUpdate update) {
    int[] weights = new int[members.length];
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      weights[i] = servers.weight(i);
      indexes.add(i);
    }
    update.carry(
        indexes,
        added -> Scheduler.Selector.NONE,
        (index, weight) -> {
          if (index != Scheduler.Selector.NONE) {
            weights[index] = weight;
          }
          return index;
        });
    return weights;
  }

  private Roster admit(ServerView after, Map<InetSocketAddress, Member> present) {
    Member[] admitted = new Member[after.size()];
    for (int i = 0; i < admitted.length; i++) {
      InetSocketAddress address = after.server(i).address();
      Member member = present.remove(address);
      if (member == null) {
        WeakReference<Member> known = gone.remove(address);
        member = known == null ? null : known.get();
      }
      if (member == null) {
        member = new Member();
      }
      member.index = i;
      member.departed = null;
      admitted[i] = member;
    }
    return new Roster(after, admitted, gone);
  }

  /** Nobody remembers it; if somebody does, its last list is let go as soon as it is idle. */
  private static boolean isForgotten(WeakReference<Member> reference) {
    Member member = reference.get();
    if (member == null) {
      return true;
    }
    Departed departed = member.departed;
    if (departed != null && departed.isIdle()) {
      member.departed = new Departed(departed.weight(), null, Scheduler.Selector.NONE);
    }
    return false;
  }

  Member member(int index) {
    return members[index];
  }

  /** Its index in this list, or NONE if it has been removed. */
  int indexOf(Member member) {
    int index = member.index;
    if (index == Scheduler.Selector.NONE || (index < members.length && members[index] == member)) {
      return index;
    }
    for (int i = 0; i < members.length; i++) { // a newer list is being published this moment
      if (members[i] == member) {
        return i;
      }
    }
    return Scheduler.Selector.NONE;
  }

  /** The weight by which the kernel still compares a removed server; 0 if it is listed. */
  static int lastWeight(Member member) {
    Departed departed = member.departed;
    return departed == null ? 0 : departed.weight();
  }

  static int lastOverhead(Member member) {
    Departed departed = member.departed;
    return departed == null ? 0 : departed.overhead();
  }
}
