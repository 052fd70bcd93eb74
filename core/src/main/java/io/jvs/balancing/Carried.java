package io.jvs.balancing;

/**
 * What a transport has counted of one server by itself, because it lets flows go without asking for
 * each, as the kernel does.
 *
 * @param active connections opening or open, now
 * @param inactive connections closing, and UDP flows, now
 * @param templates persistence templates that point at it, now
 * @param opened connections given to it since the last report
 * @param bytesFromClients sent on to it since the last report
 * @param bytesToClients received from it since the last report; 0 where answers pass elsewhere
 */
public record Carried(
    int active,
    int inactive,
    int templates,
    long opened,
    long bytesFromClients,
    long bytesToClients) {
  /** Nothing is left, and nothing has come. */
  public static final Carried NONE = new Carried(0, 0, 0, 0, 0, 0);

  public Carried {
    if (Math.min(Math.min(active, inactive), templates) < 0
        || Math.min(Math.min(opened, bytesFromClients), bytesToClients) < 0) {
      throw new IllegalArgumentException(
          "carried: active "
              + active
              + ", inactive "
              + inactive
              + ", templates "
              + templates
              + ", opened "
              + opened
              + ", bytes "
              + bytesFromClients
              + " and "
              + bytesToClients
              + " (expected: none below 0)");
    }
  }
}
