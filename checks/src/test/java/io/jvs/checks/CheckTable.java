package io.jvs.checks;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs checks as the monitor does and prints a table of what came out: {@code check | against |
 * verdict | reason}. Make one per test class, statically, and close it after all tests.
 */
public final class CheckTable implements AutoCloseable {
  /** Ample for a busy machine; what passes never waits so long. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For servers that never answer. */
  public static final Duration SHORT = Duration.ofMillis(300);

  private final CheckRunner runner = new CheckRunner();
  private final List<Row> rows = new ArrayList<>();

  private record Row(String check, String against, String verdict, String reason) {}

  /** One try, noted in the table. */
  public CheckResult run(ActiveCheck check, String against, InetSocketAddress server)
      throws Exception {
    return run(check, against, server, CheckTarget.SERVER, PATIENCE);
  }

  /** One try with a timeout, noted in the table. */
  public CheckResult run(
      ActiveCheck check, String against, InetSocketAddress server, Duration timeout)
      throws Exception {
    return run(check, against, server, CheckTarget.SERVER, timeout);
  }

  /** One try at another target than the server, noted in the table. */
  public CheckResult run(
      ActiveCheck check,
      String against,
      InetSocketAddress server,
      CheckTarget target,
      Duration timeout)
      throws Exception {
    CheckTiming timing = CheckTiming.DEFAULT.every(Duration.ofMinutes(1)).timeout(timeout);
    CheckResult result =
        runner
            .run(
                VirtualService.inProcess("web").build(),
                RealServer.of(server),
                new CheckDeclaration(check, target, timing))
            .get(60, TimeUnit.SECONDS);
    String warning = result.warning() == null ? "" : "; warning: " + result.warning();
    synchronized (rows) {
      rows.add(
          new Row(
              check.toString(),
              against,
              result.passed() ? "passed" : "failed",
              result.detail() + warning));
    }
    return result;
  }

  /** Prints the table, and ends the threads. */
  @Override
  public void close() {
    runner.close();
    synchronized (rows) {
      int check = rows.stream().mapToInt(row -> row.check().length()).max().orElse(0);
      int against = rows.stream().mapToInt(row -> row.against().length()).max().orElse(0);
      String form = "%-" + Math.max(5, check) + "s | %-" + Math.max(7, against) + "s | %s | %s%n";
      StringBuilder out = new StringBuilder();
      out.append(String.format(form, "check", "against", "verdict", "reason"));
      for (Row row : rows) {
        out.append(
            String.format(form, row.check(), row.against(), row.verdict() + " ", row.reason()));
      }
      System.out.print(out);
    }
  }
}
