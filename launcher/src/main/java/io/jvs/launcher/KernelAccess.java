package io.jvs.launcher;

import io.jvs.kernel.ipvs.IpvsException;
import io.jvs.kernel.ipvs.IpvsTable;
import java.io.IOException;

/** Asks the kernel for commands that end with a message if it cannot be asked. */
final class KernelAccess {
  private static final int EPERM = 1;
  private static final int ENOENT = 2;

  private KernelAccess() {}

  /** Something to ask. */
  @FunctionalInterface
  interface Question<T> {
    T ask(IpvsTable table) throws IOException;
  }

  /**
   * Opens the table of this network namespace and asks.
   *
   * @throws CommandFailure with status 3 without the right or the module, else 1
   */
  static <T> T ask(Question<T> question) {
    boolean open = false;
    try (IpvsTable table = IpvsTable.open()) {
      open = true;
      return question.ask(table);
    } catch (IOException e) {
      boolean barred = isBarred(e) || (!open && isMissing(e));
      throw new CommandFailure(
          barred ? ExitStatus.NOT_PERMITTED : ExitStatus.FAILED,
          e.getMessage() + (barred ? " ('jvs doctor' looks at the host)" : ""));
    } catch (LinkageError e) { // not Linux, or the native part does not load here
      throw new CommandFailure(
          ExitStatus.NOT_PERMITTED, "the kernel cannot be asked from here: " + e.getMessage());
    }
  }

  private static boolean isBarred(Throwable e) {
    return e instanceof IpvsException refused && refused.errno() == EPERM;
  }

  /** Whether the kernel has no IPVS; a missing scheduler has the same error number. */
  static boolean isMissing(Throwable e) {
    return e instanceof IpvsException refused
        && refused.errno() == ENOENT
        && String.valueOf(e.getMessage()).contains("has no IPVS");
  }
}
