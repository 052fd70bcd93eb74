package io.jvs.model;

/**
 * When a real server counts as full. Connections of all phases count, active and inactive.
 *
 * @param upper no new connections once this many are there ({@code ipvsadm -x}); 0 for no limit
 * @param lower full until fewer than this many are left ({@code -y}); 0 for three quarters of
 *     {@code upper}
 */
public record ConnectionLimits(int upper, int lower) {
  public static final ConnectionLimits NONE = new ConnectionLimits(0, 0);

  public ConnectionLimits {
    if (upper < 0 || lower < 0) {
      throw new IllegalArgumentException(
          "connection limits upper "
              + upper
              + ", lower "
              + lower
              + " (expected: 0 to 2147483647, 0 for none)");
    }
    if (lower > upper) {
      throw new IllegalArgumentException(
          "connection limits upper "
              + upper
              + ", lower "
              + lower
              + " (expected: lower at most upper; without an upper limit leave lower out)");
    }
  }

  /** The usual form: an upper limit, and new connections again below three quarters of it. */
  public static ConnectionLimits upTo(int upper) {
    return new ConnectionLimits(upper, 0);
  }

  @Override
  public String toString() {
    return upper == 0 ? "unlimited" : "upper " + upper + (lower == 0 ? "" : ", lower " + lower);
  }
}
