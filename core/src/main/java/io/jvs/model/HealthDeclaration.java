package io.jvs.model;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How to find out whether real servers work: for all of a service, or for one of them.
 *
 * @param checks one to {@value #MAX_CHECKS}
 * @param needed how many of them must pass for the server to be up, 1 (any) to their number (all)
 * @param startsDown whether a server that has never been checked is down until it has passed
 *     (keepalived's alpha), rather than up until it has failed
 */
public record HealthDeclaration(List<CheckDeclaration> checks, int needed, boolean startsDown) {
  public static final int MAX_CHECKS = 16;

  public HealthDeclaration {
    checks = List.copyOf(checks);
    if (checks.isEmpty() || checks.size() > MAX_CHECKS) {
      throw new IllegalArgumentException(
          "health: " + checks.size() + " checks (expected: 1 to " + MAX_CHECKS + ")");
    }
    if (needed < 1 || needed > checks.size()) {
      throw new IllegalArgumentException(
          "health: "
              + needed
              + " checks needed (expected: 1 to "
              + checks.size()
              + ", the number of checks)");
    }
  }

  /** All of these checks must pass; servers start up. */
  public static HealthDeclaration all(CheckDeclaration... checks) {
    return new HealthDeclaration(List.of(checks), checks.length, false);
  }

  /** Any one of these checks must pass; servers start up. */
  public static HealthDeclaration any(CheckDeclaration... checks) {
    return atLeast(1, checks);
  }

  /** So many of these checks must pass; servers start up. */
  public static HealthDeclaration atLeast(int needed, CheckDeclaration... checks) {
    return new HealthDeclaration(List.of(checks), needed, false);
  }

  /** One check with the usual timing; servers start up. */
  public static HealthDeclaration of(HealthCheck check) {
    return all(CheckDeclaration.of(check));
  }

  /** One check with this timing; servers start up. */
  public static HealthDeclaration of(HealthCheck check, CheckTiming timing) {
    return all(new CheckDeclaration(check, CheckTarget.SERVER, timing));
  }

  /** The same, with servers down until they have passed. */
  public HealthDeclaration startingDown() {
    return new HealthDeclaration(checks, needed, true);
  }

  /** {@code http GET / every 2 s}, or {@code 2 of 3: … every 2 s, … every 1 s}. */
  @Override
  public String toString() {
    String all =
        checks.stream()
            .map(check -> check + " every " + Durations.format(check.timing().interval()))
            .collect(Collectors.joining(", "));
    String rule = needed + " of " + checks.size() + ": ";
    return (checks.size() == 1 ? all : rule + all) + (startsDown ? ", starts down" : "");
  }
}
