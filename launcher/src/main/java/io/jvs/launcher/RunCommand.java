package io.jvs.launcher;

import io.jvs.launcher.configuration.Configuration;
import io.jvs.launcher.configuration.ControlAddress;
import io.jvs.launcher.configuration.PolicyJars;
import io.jvs.launcher.control.ControlLocation;
import io.jvs.launcher.control.ControlServer;
import io.jvs.launcher.running.DirectorProcess;
import io.jvs.launcher.running.StopSignals;
import io.jvs.transport.TransportException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jvs run FILE}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    header = "Runs a director as a configuration file says, until it is told to stop.",
    description = {
      "",
      "SIGHUP reads the file again and applies the difference; present connections live on.",
      "A wrong file changes nothing, and the log says what is wrong with it.",
      "SIGTERM or Ctrl-C lets present connections end, as long as 'drain' in the file says;",
      "a second one ends them at once.",
      "The log goes to standard error; JVS_LOG_LEVEL=DEBUG shows single connections.",
      "Exit status: 0 stopped as told, 1 failed, 2 wrong file, 3 not permitted (port < 1024,",
      "IPVS without CAP_NET_ADMIN or module: 'jvs doctor' explains)."
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "the file, in YAML; see docs/configuration.md")
  private Path file;

  /** For the command line, which sets the file. */
  RunCommand() {}

  RunCommand(Path file) {
    this.file = file;
  }

  @Override
  public Integer call() {
    PolicyJars jars = Configurations.jars();
    Configuration configuration = Configurations.readOrFail(file, jars);
    Logger log = LoggerFactory.getLogger(RunCommand.class);
    log.info("jvs {} starts {}: {}", Version.text(), file, describe(configuration));
    DirectorProcess process =
        new DirectorProcess(file, () -> Configurations.read(file, jars), configuration);
    // First of all, since it also tells whether another process runs this file already.
    try (ControlServer control = openControl(configuration, process)) {
      run(process, control, log);
    } catch (IOException e) {
      throw new CommandFailure(ExitStatus.FAILED, "control: closing failed: " + e.getMessage());
    }
    return ExitStatus.FINE;
  }

  private ControlServer openControl(Configuration configuration, DirectorProcess process) {
    ControlAddress asked = configuration.control();
    ControlAddress address = asked == null ? ControlLocation.of(file) : asked;
    try {
      return ControlServer.open(address, process);
    } catch (IOException e) {
      throw new CommandFailure(status(e), "control " + address + ": " + describe(e));
    }
  }

  private void run(DirectorProcess process, ControlServer control, Logger log) throws IOException {
    CountDownLatch stopped = new CountDownLatch(1);
    try {
      process.start();
      StopSignals signals = StopSignals.install(process::reload, stopped);
      log.info(
          "ready: {} (pid {}, control {})",
          process.services(),
          ProcessHandle.current().pid(),
          control.address());
      signals.await();
      process.drain();
    } catch (TransportException e) {
      throw new CommandFailure(status(e), file + ": " + e.getMessage());
    } finally {
      stopped.countDown();
    }
  }

  private static String describe(Configuration configuration) {
    return configuration.services().stream()
        .map(CheckCommand::describe)
        .collect(Collectors.joining("; "));
  }

  private static String describe(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  /** The JDK and Netty tell a missing right from an address in use by the text alone. */
  static int status(Throwable e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof AccessDeniedException
          || message.contains("Permission denied")
          || message.contains("Operation not permitted")
          || KernelAccess.isMissing(cause)) {
        return ExitStatus.NOT_PERMITTED;
      }
    }
    return ExitStatus.FAILED;
  }
}
