package io.jvs.scheduling;

import io.jvs.scheduling.KernelList.Row;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Models of {@code lblc} and {@code lblcr}, with a timer that runs each minute. */
final class LocalityModels {
  private static final long MINUTE = 60_000_000_000L;
  private static final long EXPIRATION = 24 * 60 * MINUTE;
  private static final int MAX = 16_384;

  private LocalityModels() {}

  private static class Entry {
    long lastUse;
    long lastModified;
    final List<Row> servers = new ArrayList<>();
  }

  private abstract static class Cache implements KernelModel {
    final KernelCompatibility kernel;
    long now;
    int entries;
    private final List<Map<InetAddress, Entry>> buckets = new ArrayList<>();
    private long nextTimer = MINUTE;
    private int counter = 1;
    private int rover;

    Cache(KernelCompatibility kernel) {
      this.kernel = kernel;
      for (int i = 0; i < 1024; i++) {
        buckets.add(new LinkedHashMap<>());
      }
    }

    Map<InetAddress, Entry> bucket(Ask ask) {
      return buckets.get(HashModels.hash(HashModels.fold(ask.destination()), 10));
    }

    boolean mayGrow() {
      return kernel == KernelCompatibility.LINUX_6_1 || entries < MAX * 3 / 2;
    }

    @Override
    public void time(long nanos) {
      for (; nextTimer <= nanos; nextTimer += MINUTE) {
        timer(nextTimer);
      }
      now = nanos;
    }

    private void timer(long at) {
      if (counter % 30 == 0) {
        for (Map<InetAddress, Entry> bucket : buckets) {
          drop(bucket, at, EXPIRATION);
        }
        counter = 1;
      } else if (entries <= MAX) {
        counter++;
      } else {
        int goal = Math.min((entries - MAX) * 4 / 3, MAX / 2);
        for (int i = 0; i < 1024 && goal > 0; i++) {
          rover = (rover + 1) % 1024;
          goal -= drop(buckets.get(rover), at, 6 * MINUTE);
        }
      }
    }

    private int drop(Map<InetAddress, Entry> bucket, long at, long idle) {
      int before = bucket.size();
      for (Iterator<Entry> each = bucket.values().iterator(); each.hasNext(); ) {
        if (at >= each.next().lastUse + idle) {
          each.remove();
        }
      }
      entries -= before - bucket.size();
      return before - bucket.size();
    }

    @Nullable Row wlc(List<Row> list) {
      return ListModels.least(list, row -> KernelModel.overhead(row, kernel));
    }

    /** More active ones than its weight, and some other server is half idle. */
    static boolean hot(Row row, List<Row> list) {
      return row.active > row.weight
          && list.stream().anyMatch(x -> !x.excluded && x.active * 2L < x.weight);
    }
  }

  static final class Single extends Cache {
    Single(KernelCompatibility kernel) {
      super(kernel);
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      Entry entry = bucket(ask).get(ask.destination());
      if (entry != null) {
        entry.lastUse = now;
        Row row = entry.servers.get(0);
        if (list.contains(row) && row.weight > 0 && !row.excluded && !hot(row, list)) {
          return row;
        }
      }
      Row chosen = wlc(list);
      if (chosen == null || (entry != null && entry.servers.get(0) == chosen)) {
        return chosen;
      }
      if (entry != null) {
        bucket(ask).remove(ask.destination());
        if (kernel != KernelCompatibility.LINUX_6_1) {
          entries--; // forgotten by 6.1
        }
      }
      if (mayGrow()) {
        Entry fresh = new Entry();
        fresh.lastUse = now;
        fresh.servers.add(chosen);
        bucket(ask).put(ask.destination(), fresh);
        entries++;
      }
      return chosen;
    }
  }

  static final class Replicated extends Cache {
    Replicated(KernelCompatibility kernel) {
      super(kernel);
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      Entry entry = bucket(ask).get(ask.destination());
      if (entry != null) {
        entry.lastUse = now;
        Row least =
            ListModels.least(
                entry.servers.stream().filter(list::contains).toList(),
                row -> KernelModel.overhead(row, kernel));
        if (entry.servers.size() > 1 && now > entry.lastModified + EXPIRATION) {
          Row most = mostLoaded(entry.servers, list);
          if (most != null) {
            entry.servers.remove(most);
            entry.lastModified = now;
          }
        }
        if (least != null && !hot(least, list)) {
          return least;
        }
      }
      Row chosen = wlc(list);
      if (chosen == null) {
        return null;
      }
      if (entry == null && mayGrow()) {
        entry = new Entry();
        entry.lastUse = now;
        bucket(ask).put(ask.destination(), entry);
        entries++;
      }
      if (entry != null && !entry.servers.contains(chosen)) {
        entry.servers.add(0, chosen);
        entry.lastModified = now;
      }
      return chosen;
    }

    /** Also among those that were removed; one that is down counts as if it had no weight. */
    private @Nullable Row mostLoaded(List<Row> set, List<Row> list) {
      Row most = null;
      for (Row row : set) {
        if (row.weight <= 0 || (row.excluded && list.contains(row))) {
          continue;
        }
        if (most == null
            || (long) KernelModel.overhead(most, kernel) * row.weight
                < (long) KernelModel.overhead(row, kernel) * most.weight) {
          most = row;
        }
      }
      return most;
    }
  }
}
