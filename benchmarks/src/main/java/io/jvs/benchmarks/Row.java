package io.jvs.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A kind of choice, done by hand, by us and by others: what stands in one line of the table is
 * comparable. Rows that say "counted" keep a count of open connections that the policy itself does
 * not ask for, as a director must.
 */
public enum Row {
  RANDOM("random", null, false),
  RR("rr", null, false),
  WRR("wrr", RR, true),
  SWRR("swrr", RR, true),
  RR_COUNTED("rr", null, false),
  WRR_COUNTED("wrr", RR_COUNTED, true),
  SWRR_COUNTED("swrr", RR_COUNTED, true),
  P2C("p2c", null, false),
  EWMA("ewma", P2C, false),
  LC("lc", null, false),
  WLC("wlc", LC, true),
  SED("sed", LC, true),
  NQ("nq", LC, true),
  MH("mh", null, true),
  SH("sh", MH, true),
  PERSISTENT("rr", null, false);

  private static final int[] SIZES = {10, 100, 10_000};
  private static final int[] PERSISTENT_SIZES = {100};

  private final String policy;
  private final @Nullable Row floor;
  private final boolean weighted;

  Row(String policy, @Nullable Row floor, boolean weighted) {
    this.policy = policy;
    this.floor = floor;
    this.weighted = weighted;
  }

  /** The name of our scheduler. */
  public String policy() {
    return policy;
  }

  /** Where the hand-written floor stands that this is compared with; often here. */
  public Row floor() {
    return floor == null ? this : floor;
  }

  /** How many servers it is measured with. */
  int[] sizes() {
    return this == PERSISTENT ? PERSISTENT_SIZES.clone() : SIZES.clone();
  }

  /** How many clients come. */
  int clients() {
    return this == PERSISTENT ? 1_000_000 : 1_000;
  }

  /** The weight of the server in this place: 1 to 5 again and again, or 1 where none counts. */
  public int weight(int place) {
    return weighted ? 1 + place % 5 : 1;
  }

  /** As it stands in the table. */
  @Override
  public String toString() {
    return switch (this) {
      case RR_COUNTED, WRR_COUNTED, SWRR_COUNTED -> policy + ", counted";
      case PERSISTENT -> "persistent hit";
      default -> name().toLowerCase(Locale.ROOT);
    };
  }
}
