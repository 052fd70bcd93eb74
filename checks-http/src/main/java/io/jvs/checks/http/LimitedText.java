package io.jvs.checks.http;

import java.util.function.BooleanSupplier;

/**
 * Text that a regular expression may look at only until the try has ended: java.util.regex has no
 * other way out of a pattern that takes exponential time.
 */
final class LimitedText implements CharSequence {
  private final CharSequence text;
  private final BooleanSupplier ended;

  LimitedText(CharSequence text, BooleanSupplier ended) {
    this.text = text;
    this.ended = ended;
  }

  /** The try has ended; nobody waits for the answer any more. */
  static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EndedException() {
      super("the try has ended", null, false, false);
    }
  }

  @Override
  public char charAt(int index) {
    if (ended.getAsBoolean()) {
      throw new EndedException();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new LimitedText(text.subSequence(start, end), ended);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
