package io.jvs.launcher;

import io.jvs.kernel.ipvs.CommandText;
import io.jvs.kernel.ipvs.IpvsException;
import io.jvs.kernel.ipvs.IpvsListing;
import io.jvs.kernel.ipvs.IpvsListing.Columns;
import io.jvs.kernel.ipvs.Names;
import io.jvs.kernel.ipvs.SaveFormat;
import io.jvs.kernel.ipvs.SaveFormatException;
import io.jvs.kernel.ipvs.SavedTable;
import io.jvs.kernel.ipvs.Step;
import io.jvs.launcher.control.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jvs ipvs}: the kernel's table as it is, whoever filled it. */
@Command(
    name = "ipvs",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    header = "Saves, restores and lists the IPVS table of the kernel; needs no configuration file.",
    subcommands = {
      KernelTableCommand.Save.class,
      KernelTableCommand.Restore.class,
      KernelTableCommand.Show.class
    })
final class KernelTableCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "save, restore or list is missing");
  }

  /** {@code jvs ipvs save}. */
  @Command(
      name = "save",
      mixinStandardHelpOptions = true,
      header = "Writes the table as commands, one a line.",
      description = {
        "",
        "All is kept: thresholds, timeouts, sync daemons and the order of servers. 'ipvsadm -R'",
        "reads it too, but for rows that ipvsadm cannot make, which carry --as-is.",
        "Exit status: 0 saved, 1 failed, 3 no right to ask the kernel, or no module."
      })
  static final class Save implements Callable<Integer> {
    @Option(
        names = "--ipvsadm",
        description = "write just what 'ipvsadm-save -n' writes; it loses what it loses")
    private boolean ipvsadm;

    @Parameters(
        paramLabel = "FILE",
        arity = "0..1",
        description = "written whole or not at all; standard output without it")
    private @Nullable Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      SavedTable table = KernelAccess.ask(SavedTable::read);
      String text = ipvsadm ? SaveFormat.writeAsIpvsadm(table) : SaveFormat.write(table);
      if (file == null) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(text);
        out.flush();
      } else {
        write(file, text);
      }
      return ExitStatus.FINE;
    }

    private static void write(Path file, String text) {
      try {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "a root");
        Path whole = Files.createTempFile(directory, ".jvs-save", "");
        try {
          Files.writeString(whole, text);
          Files.move(
              whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
          Files.deleteIfExists(whole); // there only if something failed
        }
      } catch (IOException | NullPointerException e) {
        throw new CommandFailure(ExitStatus.FAILED, file + ": cannot be written: " + e);
      }
    }
  }

  /** {@code jvs ipvs restore FILE}. */
  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      header = "Makes the table as a file says, by the changes that it takes and no more.",
      description = {
        "",
        "Reads what 'jvs ipvs save' and 'ipvsadm-save' write. A file with a wrong line changes",
        "nothing. Services that are not in it are deleted; rows that are as it says see no",
        "request, so that their connections and counters go on. Timeouts and sync daemons that it",
        "does not name stay.",
        "Exit status: 0 done, 1 the kernel refused something, 2 wrong file, 3 no right or module."
      })
  static final class Restore implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the file; - for standard input")
    private Path file;

    @Option(names = "--dry-run", description = "print the commands and change nothing")
    private boolean dryRun;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      SavedTable wanted = wanted();
      List<String> refused = new ArrayList<>();
      PrintWriter out = spec.commandLine().getOut();
      KernelAccess.ask(
          table -> {
            List<Step> steps = wanted.changes(SavedTable.read(table));
            if (dryRun) {
              steps.forEach(step -> out.println(CommandText.of(step.command())));
              return steps;
            }
            var answers = table.execute(steps.stream().map(Step::command).toList()); // null if done
            for (int i = 0; i < steps.size(); i++) {
              IpvsException answer = answers.get(i);
              if (answer != null) {
                refused.add(CommandText.of(steps.get(i).command()) + ": " + answer.getMessage());
              }
            }
            int done = steps.size() - refused.size();
            out.println(
                steps.isEmpty()
                    ? "the table is so already"
                    : done + " changes, see 'jvs ipvs list'");
            return steps;
          });
      out.flush();
      if (!refused.isEmpty()) {
        throw new CommandFailure(
            ExitStatus.FAILED, "refused by the kernel:\n" + String.join("\n", refused));
      }
      return ExitStatus.FINE;
    }

    private SavedTable wanted() {
      try {
        byte[] bytes =
            file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8);
        return SaveFormat.table(SaveFormat.read(text, Names.system(Path.of("/etc/services"))));
      } catch (IOException e) {
        throw new CommandFailure(ExitStatus.WRONG, file + ": cannot be read: " + e);
      } catch (SaveFormatException e) {
        throw new CommandFailure(
            ExitStatus.WRONG, file + ": nothing changed, since it is wrong:\n" + e.getMessage());
      }
    }
  }

  /** {@code jvs ipvs list}. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      header = "Lists the table, with the columns of 'ipvsadm -Ln'.",
      description = {
        "",
        "Several of --stats, --rate, --thresholds, --persistent-conn and --tun-info give a listing",
        "each. Exit status: 0 shown, 1 failed, 3 no right to ask the kernel, or no module."
      })
  static final class Show implements Callable<Integer> {
    @Option(names = "--stats", description = "what has been carried")
    private boolean stats;

    @Option(names = "--rate", description = "what is carried per second")
    private boolean rate;

    @Option(names = "--thresholds", description = "when servers are full")
    private boolean thresholds;

    @Option(names = "--persistent-conn", description = "persistence templates")
    private boolean persistent;

    @Option(names = "--tun-info", description = "tunnels")
    private boolean tunnels;

    @Option(names = "--timeout", description = "timeouts of connections")
    private boolean timeout;

    @Option(names = "--daemon", description = "sync daemons")
    private boolean daemon;

    @Option(names = "--exact", description = "large numbers whole, not as 1000K")
    private boolean exact;

    @Option(names = "--nosort", description = "in the kernel's order, newest server first")
    private boolean unsorted;

    @Mixin private final OutputOptions output = new OutputOptions();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      IpvsReport report = KernelAccess.ask(IpvsReport::read);
      PrintWriter out = spec.commandLine().getOut();
      out.print(output.isJson() ? Json.write(report.json()) : text(report));
      out.flush();
      return ExitStatus.FINE;
    }

    private String text(IpvsReport report) {
      List<Columns> wishes = new ArrayList<>();
      add(wishes, stats, Columns.STATS);
      add(wishes, rate, Columns.RATE);
      add(wishes, thresholds, Columns.THRESHOLDS);
      add(wishes, persistent, Columns.PERSISTENT);
      add(wishes, tunnels, Columns.TUNNEL);
      add(wishes, wishes.isEmpty() && !timeout && !daemon, Columns.CONNECTIONS);
      StringBuilder text = new StringBuilder();
      for (Columns each : wishes) {
        text.append(IpvsListing.of(report.info(), report.snapshot(), each, exact, !unsorted));
      }
      return text.append(timeout ? IpvsListing.of(report.timeouts()) : "")
          .append(daemon ? IpvsListing.of(report.daemons()) : "")
          .toString();
    }

    private static void add(List<Columns> wishes, boolean wished, Columns columns) {
      if (wished) {
        wishes.add(columns);
      }
    }
  }
}
