package io.jvs.launcher;

/** What the command {@code jvs} ends with; part of its interface, see docs/configuration.md. */
final class ExitStatus {
  static final int FINE = 0;

  /** Something did not work out at run time, such as an address in use. */
  static final int FAILED = 1;

  /** A wrong configuration or command line. Picocli's own for the latter. */
  static final int WRONG = 2;

  /** The user lacks a right, such as that to a port below 1024, or the kernel a module. */
  static final int NOT_PERMITTED = 3;

  /** Nothing is wrong, and something would change; of {@code jvs plan} alone. */
  static final int CHANGES = 4;

  private ExitStatus() {}
}
