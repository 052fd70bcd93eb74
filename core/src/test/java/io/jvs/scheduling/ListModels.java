package io.jvs.scheduling;

import io.jvs.scheduling.KernelList.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Models of the schedulers that walk the list. */
final class ListModels {
  private ListModels() {}

  static final class RoundRobin implements KernelModel {
    private @Nullable Row last; // null: the head of the list

    @Override
    public void removed(List<Row> list, Row row, int index) {
      if (row == last) {
        last = index == 0 ? null : list.get(index - 1);
      }
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      List<Row> walk = new ArrayList<>();
      int start = last == null ? -1 : list.indexOf(last);
      walk.addAll(list.subList(start + 1, list.size()));
      walk.addAll(list.subList(0, start + 1));
      for (Row row : walk) {
        if (KernelModel.usable(row)) {
          last = row;
          return row;
        }
      }
      return null;
    }
  }

  static final class Weighted implements KernelModel {
    private @Nullable Row cl; // null: the head of the list
    private int cw;
    private int mw;
    private int di = 1;

    @Override
    public void added(List<Row> list, Row row) {
      changed(list);
    }

    @Override
    public void edited(List<Row> list, Row row) {
      changed(list);
    }

    @Override
    public void removed(List<Row> list, Row row, int index) {
      changed(list);
    }

    private void changed(List<Row> list) {
      int gcd = 0;
      int max = 0;
      for (Row row : list) {
        if (row.weight > 0) {
          gcd = euclid(gcd, row.weight);
          max = Math.max(max, row.weight);
        }
      }
      di = gcd == 0 ? 1 : gcd;
      mw = max == 0 ? 0 : max - (di - 1);
      cl = null;
      if (cw > mw || cw == 0) {
        cw = mw;
      } else if (di > 1) {
        cw = (cw / di) * di + 1;
      }
    }

    private static int euclid(int a, int b) {
      return a == 0 ? b : euclid(b % a, a);
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      if (mw == 0) {
        return null;
      }
      Row first = cl;
      Row stop = null;
      Row cursor = cl;
      boolean lastPass = false;
      boolean restarted = false;
      while (true) {
        int from = cursor == null ? 0 : list.indexOf(cursor) + 1;
        for (Row row : list.subList(from, list.size())) {
          if (!row.overloaded && !row.excluded && row.weight >= cw) {
            cl = row;
            return row;
          }
          if (row == stop) {
            cl = row;
            return null;
          }
        }
        cursor = null;
        cw -= di;
        if (cw <= 0) {
          cw = mw;
          if (lastPass || first == null) {
            cl = null;
            return null;
          }
          restarted = true;
        }
        lastPass = cw <= di;
        if (lastPass && restarted && first != null) {
          stop = first;
        }
      }
    }
  }

  static KernelModel leastConnection(KernelCompatibility kernel) {
    return (list, ask) -> {
      Row best = null;
      for (Row row : list) {
        if (KernelModel.usable(row)
            && (best == null
                || Integer.toUnsignedLong(KernelModel.overhead(row, kernel))
                    < Integer.toUnsignedLong(KernelModel.overhead(best, kernel)))) {
          best = row;
        }
      }
      return best;
    };
  }

  static KernelModel weightedLeastConnection(KernelCompatibility kernel) {
    return (list, ask) -> least(list, row -> KernelModel.overhead(row, kernel));
  }

  static KernelModel shortestExpectedDelay() {
    return (list, ask) -> least(list, row -> row.active + 1);
  }

  /** The first usable one, replaced by each later one of less load per weight. */
  static @Nullable Row least(List<Row> list, ToLongFunction<Row> load) {
    Row best = null;
    for (Row row : list) {
      if (!KernelModel.usable(row)) {
        continue;
      }
      if (best == null
          || load.applyAsLong(best) * row.weight > load.applyAsLong(row) * best.weight) {
        best = row;
      }
    }
    return best;
  }

  static KernelModel neverQueue() {
    return (list, ask) -> {
      for (Row row : list) {
        if (KernelModel.usable(row) && row.active == 0) {
          return row;
        }
      }
      return least(list, row -> row.active + 1);
    };
  }

  static KernelModel failover() {
    return (list, ask) -> heaviest(list.stream().filter(KernelModel::usable).toList());
  }

  static KernelModel overflow() {
    return (list, ask) ->
        heaviest(
            list.stream()
                .filter(KernelModel::usable)
                .filter(row -> row.active <= row.weight)
                .toList());
  }

  private static @Nullable Row heaviest(List<Row> list) {
    Row best = null;
    for (Row row : list) {
      if (best == null || row.weight > best.weight) {
        best = row;
      }
    }
    return best;
  }
}
