package io.jvs.transport;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * All addresses of a family, cut into ranges that are allowed or not. Networks lie within each
 * other or apart, so the longest one that has an address is the innermost, and what they say can be
 * laid out flat once: each look-up is then a binary search. 100,000 networks are at most 200,001
 * ranges in 3.4 MB. Immutable.
 */
final class AddressRanges {
  private final long[] highs; // where each range begins
  private final long[] lows;
  private final boolean[] allowed;
  private int size;

  /** The addresses from the first to the last; bits as in {@link ClientAddress}. */
  record Rule(long high, long low, long lastHigh, long lastLow, int prefix, boolean allowed) {
    private boolean endsBefore(Rule other) {
      return compare(lastHigh, lastLow, other.high, other.low) < 0;
    }
  }

  private AddressRanges(int most, boolean otherwise) {
    highs = new long[most];
    lows = new long[most];
    allowed = new boolean[most];
    begin(0, 0, otherwise);
  }

  /**
   * @param otherwise what holds for addresses without a rule
   */
  static AddressRanges of(List<Rule> rules, boolean otherwise) {
    List<Rule> sorted =
        rules.stream()
            .sorted(
                Comparator.comparing(Rule::high, Long::compareUnsigned)
                    .thenComparing(Rule::low, Long::compareUnsigned)
                    .thenComparing(Rule::prefix)) // the outer one first
            .toList();
    AddressRanges ranges = new AddressRanges(2 * sorted.size() + 1, otherwise);
    Deque<Rule> around = new ArrayDeque<>(); // those that the last one lies in, and it
    for (Rule rule : sorted) {
      while (!around.isEmpty() && around.element().endsBefore(rule)) {
        ranges.endOf(around, otherwise);
      }
      ranges.begin(rule.high(), rule.low(), rule.allowed());
      around.push(rule);
    }
    while (!around.isEmpty()) {
      ranges.endOf(around, otherwise);
    }
    return ranges;
  }

  /** Behind the innermost one holds what the one around it says. */
  private void endOf(Deque<Rule> around, boolean otherwise) {
    Rule ended = around.pop();
    long low = ended.lastLow() + 1;
    long high = ended.lastHigh() + (low == 0 ? 1 : 0);
    if (low != 0 || high != 0) { // else that was the last address of all
      begin(high, low, around.isEmpty() ? otherwise : around.element().allowed());
    }
  }

  private void begin(long high, long low, boolean isAllowed) {
    if (size > 0 && highs[size - 1] == high && lows[size - 1] == low) {
      size--; // it was empty
    }
    if (size > 0 && allowed[size - 1] == isAllowed) {
      return; // goes on
    }
    highs[size] = high;
    lows[size] = low;
    allowed[size] = isAllowed;
    size++;
  }

  boolean allows(long high, long low) {
    int from = 0; // begins at or before the address
    int to = size;
    while (to - from > 1) {
      int middle = (from + to) >>> 1;
      if (compare(highs[middle], lows[middle], high, low) <= 0) {
        from = middle;
      } else {
        to = middle;
      }
    }
    return allowed[from];
  }

  private static int compare(long high, long low, long otherHigh, long otherLow) {
    return high == otherHigh
        ? Long.compareUnsigned(low, otherLow)
        : Long.compareUnsigned(high, otherHigh);
  }
}
