package io.jvs.launcher;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** The command {@code jvs} in this process, as far as it only asks and answers. */
final class Shell {
  private Shell() {}

  record Result(int status, String out, String err) {}

  static Result jvs(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine(arguments)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setUsageHelpWidth(100);
    int status = commandLine.execute(arguments);
    return new Result(status, out.toString(), err.toString());
  }
}
