package io.jvs.lab;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * What a guest gets.
 *
 * @param memory as a number and K, M or G; at least 96M. It is taken only as it is used
 * @param timeout for the boot and all that runs in the guest, in whole seconds; then the guest ends
 */
public record GuestOptions(String memory, Duration timeout) {
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})([KMG])");

  /** Enough for a JVM with a heap of 600 MB, and less than the build waits for a module's tests. */
  public static final GuestOptions DEFAULT = new GuestOptions("1G", Duration.ofMinutes(5));

  /** Refuses what {@code ipvs-lab} would. */
  public GuestOptions {
    if (!SIZE.matcher(memory).matches() || megabytes(memory) < 96) {
      throw new IllegalArgumentException(
          "guest: memory '" + memory + "' (expected: at least 96M, such as 512M or 2G)");
    }
    if (timeout.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "guest: timeout " + timeout + " (expected: at least a second)");
    }
  }

  /** The same with other memory. */
  public GuestOptions memory(String memory) {
    return new GuestOptions(memory, timeout);
  }

  /** The same with another time limit. */
  public GuestOptions timeout(Duration timeout) {
    return new GuestOptions(memory, timeout);
  }

  /** What a JVM in it may use for its heap; the rest is for its own structures and the kernel. */
  long heapMegabytes() {
    return megabytes(memory) * 6 / 10;
  }

  private static long megabytes(String size) {
    long number = Long.parseLong(size.substring(0, size.length() - 1));
    return switch (size.charAt(size.length() - 1)) {
      case 'G' -> number * 1024;
      case 'M' -> number;
      default -> number / 1024;
    };
  }
}
