package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.scheduling.KernelList.Row;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the kernel's schedulers as plain slow code over a plain list, written from its description
 * and sharing nothing with the one that is tested. Lists are newest first; the hooks are called
 * after each single change.
 */
interface KernelModel {
  /** Who asks, for what: the flow and the same in the model's own terms. */
  record Ask(InetAddress client, int port, InetAddress destination, Flow flow) {}

  default void added(List<Row> list, Row row) {}

  default void edited(List<Row> list, Row row) {}

  /** The row was at that index until now. */
  default void removed(List<Row> list, Row row, int index) {}

  /** It is so many nanoseconds since the beginning. */
  default void time(long nanos) {}

  /** The choice, or null. */
  @Nullable Row pick(List<Row> list, Ask ask);

  /** Not quiesced, not full; and what only JVS knows: not down, not tried already. */
  static boolean usable(Row row) {
    return row.weight > 0 && !row.overloaded && !row.excluded;
  }

  static KernelModel of(String scheduler, Set<String> flags, KernelCompatibility kernel) {
    return switch (scheduler) {
      case "rr" -> new ListModels.RoundRobin();
      case "wrr" -> new ListModels.Weighted();
      case "lc" -> ListModels.leastConnection(kernel);
      case "wlc" -> ListModels.weightedLeastConnection(kernel);
      case "sed" -> ListModels.shortestExpectedDelay();
      case "nq" -> ListModels.neverQueue();
      case "fo" -> ListModels.failover();
      case "ovf" -> ListModels.overflow();
      case "dh" -> new HashModels.Destination();
      case "sh" -> new HashModels.Source(flags);
      case "mh" -> new HashModels.Maglev(flags);
      case "lblc" -> new LocalityModels.Single(kernel);
      case "lblcr" -> new LocalityModels.Replicated(kernel);
      default -> throw new AssertionError("no model of " + scheduler);
    };
  }

  /** 6.1.176: 256 active + inactive; later: 256 active + all. */
  static int overhead(Row row, KernelCompatibility kernel) {
    int others = kernel == KernelCompatibility.LINUX_6_1 ? row.inactive : row.active + row.inactive;
    return row.active * 256 + others;
  }
}
