package io.jvs.kernel.ipvs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The flags of schedulers by the names that ipvsadm(8) gives them ({@code -b}). */
final class SchedulerFlags {
  static final int ALL =
      IpvsService.SCHEDULER_FLAG_1 | IpvsService.SCHEDULER_FLAG_2 | IpvsService.SCHEDULER_FLAG_3;

  private static final int[] BITS = {
    IpvsService.SCHEDULER_FLAG_1, IpvsService.SCHEDULER_FLAG_2, IpvsService.SCHEDULER_FLAG_3
  };

  private SchedulerFlags() {}

  /** {@code sh-fallback,sh-port}; empty without flags. */
  static String text(String scheduler, int flags) {
    return join(scheduler, flags & ALL);
  }

  /** As ipvsadm(8) prints it, which forgets flag-3 of sh and mh. */
  static String ipvsadmText(String scheduler, int flags) {
    return join(scheduler, flags & (hashes(scheduler) ? ~IpvsService.SCHEDULER_FLAG_3 : ALL));
  }

  private static String join(String scheduler, int flags) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < BITS.length; i++) {
      if ((flags & BITS[i]) != 0) {
        names.add(name(scheduler, i));
      }
    }
    return String.join(",", names);
  }

  /**
   * @throws IllegalArgumentException if a name is none of a flag of this scheduler
   */
  static int parse(String scheduler, String text) {
    int flags = 0;
    for (String name : text.split(",", -1)) {
      Integer bit = bit(scheduler, name);
      if (bit == null) {
        throw new IllegalArgumentException(
            "-b "
                + text
                + ": '"
                + name
                + "' (expected for scheduler "
                + scheduler
                + ": "
                + name(scheduler, 0)
                + ", "
                + name(scheduler, 1)
                + ", flag-3, joined by commas)");
      }
      flags |= bit;
    }
    return flags;
  }

  private static @Nullable Integer bit(String scheduler, String name) {
    for (int i = 0; i < BITS.length; i++) {
      if (name.equals(name(scheduler, i)) || name.equals("flag-" + (i + 1))) {
        return BITS[i];
      }
    }
    return null;
  }

  private static String name(String scheduler, int index) {
    boolean hashes = hashes(scheduler);
    return switch (index) {
      case 0 -> hashes ? scheduler + "-fallback" : "flag-1";
      case 1 -> hashes ? scheduler + "-port" : "flag-2";
      default -> "flag-3";
    };
  }

  private static boolean hashes(String scheduler) {
    return scheduler.equals("sh") || scheduler.equals("mh");
  }
}
