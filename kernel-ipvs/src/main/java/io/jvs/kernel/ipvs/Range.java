package io.jvs.kernel.ipvs;

/** Numbers that the messages to the kernel would cut. */
final class Range {
  static final long U8 = 0xff;
  static final long U16 = 0xffff;
  static final long U32 = 0xffff_ffffL;

  private Range() {}

  static void check(String what, long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(what + " " + value + " (expected: 0 to " + max + ")");
    }
  }
}
