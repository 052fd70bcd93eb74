package io.jvs.model;

/**
 * One check of a {@link HealthDeclaration}.
 *
 * @param check what is tried
 * @param target where
 * @param timing when, and how often it must fail
 */
public record CheckDeclaration(HealthCheck check, CheckTarget target, CheckTiming timing) {
  /** On the server itself, with the usual timing. */
  public static CheckDeclaration of(HealthCheck check) {
    return new CheckDeclaration(check, CheckTarget.SERVER, CheckTiming.DEFAULT);
  }

  /** {@code http GET / to port 81}. */
  @Override
  public String toString() {
    String where = target.toString();
    return where.isEmpty() ? check.toString() : check + " " + where;
  }
}
