package io.jvs.checks;

/**
 * A text that may be looked at only so often. The JDK's matcher reads every character through
 * {@link #charAt}, so a pattern that backtracks without end is stopped there.
 */
final class GuardedText implements CharSequence {
  /** Tens of milliseconds; 150 looks at each of 64 Ki characters. */
  static final int MAX_LOOKS = 10_000_000;

  /** Too many looks. Thrown through the matcher, and caught by {@link Regex} alone. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super("a regex has looked at its text too often", null, false, false);
    }
  }

  private final CharSequence text;
  private int looks;

  GuardedText(CharSequence text) {
    this.text = text;
  }

  @Override
  public char charAt(int index) {
    if (++looks > MAX_LOOKS) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
