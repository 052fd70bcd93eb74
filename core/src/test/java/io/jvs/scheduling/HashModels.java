package io.jvs.scheduling;

import io.jvs.scheduling.KernelList.Row;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Models of the schedulers that hash addresses. */
final class HashModels {
  private HashModels() {}

  static int fold(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    int folded = 0;
    while (bytes.hasRemaining()) {
      folded ^= bytes.getInt();
    }
    return folded;
  }

  /** The upper bits of 32 of a product. */
  static int hash(int value, int bits) {
    long product = Integer.toUnsignedLong(value) * 0x61C88647L % (1L << 32);
    return (int) (product / (1L << (32 - bits)));
  }

  /** What only JVS knows: who is down has no place in a table, as if it were not listed. */
  private static List<Row> present(List<Row> list) {
    return list.stream().filter(row -> !row.excluded).toList();
  }

  static final class Destination implements KernelModel {
    private final List<Row> table = new ArrayList<>();

    @Override
    public void added(List<Row> list, Row row) {
      build(list);
    }

    @Override
    public void removed(List<Row> list, Row row, int index) {
      build(list);
    }

    @Override
    public void edited(List<Row> list, Row row) {
      build(list);
    }

    private void build(List<Row> all) {
      List<Row> list = present(all);
      table.clear();
      while (!list.isEmpty() && table.size() < 256) {
        table.addAll(list);
      }
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      if (table.isEmpty()) {
        return null;
      }
      Row row = table.get(hash(fold(ask.destination()), 8));
      return KernelModel.usable(row) ? row : null;
    }
  }

  /** With a table that every change spoils; it is built for the next pick. */
  private abstract static class Spoilt implements KernelModel {
    private boolean spoilt = true;

    @Override
    public void added(List<Row> list, Row row) {
      spoilt = true;
    }

    @Override
    public void edited(List<Row> list, Row row) {
      spoilt = true;
    }

    @Override
    public void removed(List<Row> list, Row row, int index) {
      spoilt = true;
    }

    void rebuild(List<Row> list) {
      if (spoilt) {
        spoilt = false;
        build(present(list));
      }
    }

    abstract void build(List<Row> list);
  }

  static final class Source extends Spoilt {
    private final boolean fallback;
    private final boolean port;
    private final List<Row> table = new ArrayList<>();

    Source(Set<String> flags) {
      fallback = flags.contains("sh-fallback");
      port = flags.contains("sh-port");
    }

    @Override
    void build(List<Row> list) {
      table.clear();
      while (!list.isEmpty() && table.size() < 256) {
        for (Row row : list) {
          for (int i = 0; i < Math.max(1, row.weight) && table.size() < 256; i++) {
            table.add(row);
          }
        }
      }
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      rebuild(list);
      if (table.isEmpty()) {
        return null;
      }
      int first = bucket(ask, 0);
      if (KernelModel.usable(table.get(first))) {
        return table.get(first);
      }
      for (int k = 0; fallback && k < 256; k++) {
        Row row = table.get(bucket(ask, (k + first) % 256));
        if (KernelModel.usable(row)) {
          return row;
        }
      }
      return null;
    }

    private int bucket(Ask ask, int offset) {
      return (hash((port ? ask.port() : 0) + fold(ask.client()), 8) + offset) & 255;
    }
  }

  static final class Maglev extends Spoilt {
    private static final int SIZE = 4093;
    private static final long KEY_1 = 0x9E3779B1L;
    private static final long KEY_2 = 0x9E37A52CL;

    private final boolean fallback;
    private final boolean port;
    private final Map<Row, Integer> lastWeights = new HashMap<>();
    private @Nullable Row[] table = new Row[SIZE];

    Maglev(Set<String> flags) {
      fallback = flags.contains("mh-fallback");
      port = flags.contains("mh-port");
    }

    @Override
    public void added(List<Row> list, Row row) {
      super.added(list, row);
      lastWeights.put(row, row.weight);
    }

    @Override
    public void edited(List<Row> list, Row row) {
      super.edited(list, row);
      if (row.weight != 0) {
        lastWeights.put(row, row.weight);
      }
    }

    @Override
    void build(List<Row> list) {
      table = new Row[SIZE];
      int gcd = 0;
      int max = 0;
      for (Row row : list) {
        gcd = gcd(gcd, lastWeight(row));
        max = Math.max(max, lastWeight(row));
      }
      if (gcd == 0) {
        return;
      }
      int shift = Math.max(0, Integer.toBinaryString(max / gcd).length() - 6);
      Map<Row, Integer> cursors = new HashMap<>();
      for (int filled = 0; filled < SIZE; ) {
        for (Row row : list) {
          int weight = lastWeight(row);
          int turns = weight == 0 ? 0 : Math.max(1, (weight / gcd) >> shift);
          for (int turn = 0; turn < turns && filled < SIZE; turn++) {
            int skip = (int) (server(row, KEY_2) % (SIZE - 1)) + 1;
            int cursor = cursors.getOrDefault(row, (int) (server(row, KEY_1) % SIZE));
            while (table[cursor] != null) {
              cursor = (cursor + skip) % SIZE;
            }
            table[cursor] = row;
            cursors.put(row, cursor);
            filled++;
          }
        }
      }
    }

    private int lastWeight(Row row) {
      return lastWeights.getOrDefault(row, 0);
    }

    private final Map<Row, Map<Long, Long>> known = new HashMap<>();

    private long server(Row row, long key) {
      return known
          .computeIfAbsent(row, r -> new HashMap<>())
          .computeIfAbsent(
              key, k -> siphash13(fold(row.address.getAddress()) + row.address.getPort(), k));
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }

    @Override
    public @Nullable Row pick(List<Row> list, Ask ask) {
      rebuild(list);
      int first = slot(ask, 0);
      Row row = table[first];
      if (row == null || KernelModel.usable(row)) {
        return row;
      }
      for (int k = 0; fallback && k < SIZE; k++) {
        row = table[slot(ask, (k + first) % SIZE)];
        if (row == null || KernelModel.usable(row)) {
          return row;
        }
      }
      return null;
    }

    private int slot(Ask ask, int offset) {
      int value = offset + (port ? ask.port() : 0) + fold(ask.client());
      return (int) (siphash13(value, KEY_1) % SIZE);
    }
  }

  /** The 32 lower bits of SipHash-1-3 of four little-endian bytes, by the book. */
  static long siphash13(int value, long key) {
    byte[] message = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    long[] v = {
      key ^ 0x736f6d6570736575L,
      key ^ 0x646f72616e646f6dL,
      key ^ 0x6c7967656e657261L,
      key ^ 0x7465646279746573L
    };
    long last = (long) message.length << 56;
    for (int i = 0; i < message.length; i++) {
      last |= (message[i] & 0xFFL) << (8 * i);
    }
    v[3] ^= last;
    sipRound(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++) {
      sipRound(v);
    }
    return (v[0] ^ v[1] ^ v[2] ^ v[3]) & 0xFFFF_FFFFL;
  }

  private static void sipRound(long[] v) {
    v[0] += v[1];
    v[2] += v[3];
    v[1] = Long.rotateLeft(v[1], 13);
    v[3] = Long.rotateLeft(v[3], 16);
    v[1] ^= v[0];
    v[3] ^= v[2];
    v[0] = Long.rotateLeft(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = Long.rotateLeft(v[1], 17);
    v[3] = Long.rotateLeft(v[3], 21);
    v[1] ^= v[2];
    v[3] ^= v[0];
    v[2] = Long.rotateLeft(v[2], 32);
  }
}
