package io.jvs.health;

import org.jspecify.annotations.Nullable;

/**
 * What one try of a check has shown.
 *
 * @param passed the server works, as far as this check can see
 * @param detail for people: why it failed, such as {@code status 500 (expected: 200-299)}, or what
 *     was seen, such as {@code status 200}
 * @param warning it passed, but somebody should look, such as {@code the certificate expires in 6
 *     days}; null for nothing
 * @param weight the weight that the server shall have instead of the configured one, 0 to 65535, or
 *     null if the check does not tell weights
 */
public record CheckResult(
    boolean passed, String detail, @Nullable String warning, @Nullable Integer weight) {

  public static CheckResult passed(String detail) {
    return new CheckResult(true, detail, null, null);
  }

  public static CheckResult failed(String why) {
    return new CheckResult(false, why, null, null);
  }

  public CheckResult withWarning(String newWarning) {
    return new CheckResult(passed, detail, newWarning, weight);
  }

  public CheckResult withWeight(int newWeight) {
    return new CheckResult(passed, detail, warning, newWeight);
  }
}
