package io.jvs.scheduling;

import io.jvs.scheduling.ListUpdate.Added;
import io.jvs.scheduling.ListUpdate.Edited;
import io.jvs.scheduling.ListUpdate.Removed;
import io.jvs.scheduling.ListUpdate.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an update of the whole list means to each of two parts of it, as steps with the indexes of
 * the part. A server that changes parts is removed from one and added to the other, at the head as
 * every new one, so the order of a part is its own and not always that of the list.
 */
final class ZoneParts {
  private final Part near;
  private final Part far;

  /** Decides to which part a server belongs. */
  interface Division {
    boolean isNear(ServerView servers, int index);
  }

  /** The servers of a part, by their indexes in the whole list. */
  static final class Members {
    private final List<Integer> oldestFirst = new ArrayList<>();

    void add(int index) {
      oldestFirst.add(index);
    }

    /** Newest first. */
    int[] indexes() {
      int last = oldestFirst.size() - 1;
      int[] indexes = new int[oldestFirst.size()];
      for (int i = 0; i < indexes.length; i++) {
        indexes[i] = oldestFirst.get(last - i);
      }
      return indexes;
    }
  }

  ZoneParts(ZonePart nearBefore, ZonePart farBefore, ListUpdate update, Division division) {
    List<Server> before = new ArrayList<>();
    for (int i = 0; i < update.before().size(); i++) {
      before.add(new Server());
    }
    near = new Part(nearBefore, before);
    far = new Part(farBefore, before);
    follow(update, before, division);
    near.finish();
    far.finish();
  }

  Part near() {
    return near;
  }

  Part far() {
    return far;
  }

  /** Whether nothing at all happens. */
  boolean areAsBefore() {
    return near.steps.isEmpty() && far.steps.isEmpty();
  }

  private void follow(ListUpdate update, List<Server> before, Division division) {
    List<Server> added = new ArrayList<>();
    IntFunction<Server> add =
        weight -> {
          Server server = new Server();
          added.add(server);
          return server;
        };
    List<Server> after = update.carry(before, add, (server, weight) -> server);
    for (int i = 0; i < after.size(); i++) {
      Server server = after.get(i);
      server.index = i;
      server.weight = update.after().weight(i);
      server.home = division.isNear(update.after(), i) ? near : far;
    }

    List<Server> oldestFirst = new ArrayList<>();
    for (int i = before.size() - 1; i >= 0; i--) {
      oldestFirst.add(before.get(i));
    }
    int nextAdded = 0;
    for (Step step : update.steps()) {
      int last = oldestFirst.size() - 1;
      if (step instanceof Added addition) {
        Server server = added.get(nextAdded++);
        oldestFirst.add(server);
        if (server.home != null) { // else it goes again in this same update: as if never there
          server.home.add(server, addition.weight());
        }
      } else if (step instanceof Removed removed) {
        Server server = oldestFirst.remove(last - removed.index());
        if (server.part != null) {
          server.part.remove(server);
        }
      } else if (step instanceof Edited edited) {
        Server server = oldestFirst.get(last - edited.index());
        if (server.part != null) {
          server.part.edit(server, edited.weight());
        }
      }
    }
    for (Server server : oldestFirst) {
      if (server.part != null && server.home != null && server.part != server.home) {
        server.part.remove(server);
        server.home.add(server, server.weight);
      }
    }
  }

  /** One server of the whole list, while its way is followed. */
  private static final class Server {
    private @Nullable Part part; // where it is at this moment
    private @Nullable Part home; // where it ends; null if it is removed
    private int index;
    private int weight;
  }

  /** What happens to one part. */
  static final class Part {
    private final List<Server> oldestFirst = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private int[] indexes = {};

    private Part(ZonePart before, List<Server> all) {
      for (int i = before.size() - 1; i >= 0; i--) {
        Server server = all.get(before.index(i));
        server.part = this;
        oldestFirst.add(server);
      }
    }

    private void add(Server server, int weight) {
      server.part = this;
      oldestFirst.add(server);
      steps.add(new Added(weight));
    }

    private void remove(Server server) {
      steps.add(new Removed(position(server)));
      oldestFirst.remove(server);
      server.part = null;
    }

    private void edit(Server server, int weight) {
      steps.add(new Edited(position(server), weight));
    }

    private int position(Server server) {
      return oldestFirst.size() - 1 - oldestFirst.indexOf(server);
    }

    private void finish() {
      Members members = new Members();
      oldestFirst.forEach(server -> members.add(server.index));
      indexes = members.indexes();
    }

    /** In the order in which they happen, with indexes of the part. */
    List<Step> steps() {
      return steps;
    }

    /** Its servers from now on, by their indexes in the whole list, newest first. */
    int[] indexes() {
      return indexes;
    }
  }
}
