package io.jvs.launcher;

import io.jvs.agent.AgentServer;
import io.jvs.agent.LoadMeter;
import io.jvs.agent.LoadSources;
import io.jvs.agent.Script;
import io.jvs.launcher.running.StopSignals;
import io.jvs.model.Durations;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code jvs agent}. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Tells directors how much this machine can take: haproxy's agent-check, as a server.",
    description = {
      "",
      "Runs on a real server. JVS asks it if the service says 'agent: { port: 5555 }', haproxy if",
      "the server line says 'agent-check agent-port 5555'. Each question gets one line, such as",
      "'75%% ready up'. Of --cpu, --run-queue, --memory and --script the lowest percentage counts;",
      "without any of them it is --cpu. A load of 30 %% leaves 70 %% of the configured weight.",
      "SIGTERM or Ctrl-C ends it. The log, with what is answered and when that changes, goes to",
      "standard error.",
      "Exit status: 0 stopped as told, 1 failed, 2 wrong usage, 3 not permitted (port < 1024)."
    })
final class AgentCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      required = true,
      paramLabel = "PORT",
      description = "where to listen, 1 to 65535; usual are 5555 and 3333")
  private int port;

  @Option(
      names = "--bind",
      paramLabel = "ADDR",
      description = "the IP address to listen on; more than once for several (default: all)")
  private List<String> bind = new ArrayList<>();

  @Option(names = "--cpu", description = "measure the processors, or the container's share")
  private boolean cpu;

  @Option(names = "--run-queue", description = "measure processes that want to run, per processor")
  private boolean runQueue;

  @Option(names = "--memory", description = "measure memory that cannot be had, or the container's")
  private boolean memory;

  @Option(
      names = "--script",
      paramLabel = "CMD",
      description = {
        "a line for the shell: it prints a percentage or words such as '50%% drain';",
        "another exit status than 0 is 'down', with its first line as the reason"
      })
  private @Nullable String script;

  @Option(
      names = "--operator-file",
      paramLabel = "FILE",
      description = {
        "while FILE is there the server is drained; its first line may be other words,",
        "such as maint"
      })
  private @Nullable Path operatorFile;

  @Option(
      names = "--interval",
      defaultValue = "2s",
      paramLabel = "TIME",
      description = "from one measurement to the next, also the script's time (default: 2s)")
  private String interval;

  @Option(
      names = "--smoothing",
      defaultValue = "5s",
      paramLabel = "TIME",
      description = "time constant over which loads are averaged, 0s for none (default: 5s)")
  private String smoothing;

  @Option(
      names = "--percent-floor",
      defaultValue = "10",
      paramLabel = "N",
      description = "the least that load alone leaves, 0 to 100 (default: ${DEFAULT-VALUE})")
  private int percentFloor;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (port < 1 || port > 65_535) {
      throw wrong("--port " + port + " (expected: 1 to 65535)");
    }
    Logger log = LoggerFactory.getLogger(AgentCommand.class);
    LoadMeter.Builder settings = settings().notes(log::info);
    AgentServer.Builder server = server();
    try (LoadMeter meter = settings.start();
        AgentServer running = server.answers(meter).start()) {
      String where =
          running.addresses().stream()
              .map(SocketAddresses::format)
              .collect(Collectors.joining(", "));
      CountDownLatch stopped = new CountDownLatch(1);
      StopSignals signals = StopSignals.install(() -> {}, stopped);
      log.info("agent ready: {}, first answer '{}'", where, meter.get());
      signals.await();
      log.info("agent stops after {} answers", running.answered());
      stopped.countDown();
    } catch (IOException e) {
      throw new CommandFailure(RunCommand.status(e), String.valueOf(e.getMessage()));
    }
    return ExitStatus.FINE;
  }

  private LoadMeter.Builder settings() {
    Duration every = duration("--interval", interval);
    try {
      LoadMeter.Builder meter =
          LoadMeter.builder()
              .interval(every)
              .smoothing(duration("--smoothing", smoothing))
              .percentFloor(percentFloor);
      if (cpu || !(runQueue || memory || script != null)) {
        meter.source(LoadSources.cpu());
      }
      if (runQueue) {
        meter.source(LoadSources.runQueue());
      }
      if (memory) {
        meter.source(LoadSources.memory());
      }
      if (script != null) {
        meter.script(Script.shell(script, every));
      }
      if (operatorFile != null) {
        meter.operatorFile(operatorFile);
      }
      return meter;
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private AgentServer.Builder server() {
    AgentServer.Builder server = AgentServer.builder();
    for (String each : bind) {
      try {
        server.listen(new InetSocketAddress(SocketAddresses.parseIp(each), port));
      } catch (IllegalArgumentException e) {
        throw wrong("--bind: " + e.getMessage());
      }
    }
    return bind.isEmpty() ? server.listen(new InetSocketAddress(port)) : server;
  }

  private Duration duration(String option, String text) {
    Optional<Duration> parsed = Durations.parse(text);
    return parsed.orElseThrow(
        () -> wrong(option + " '" + text + "' (expected: a number and a unit, such as 2s)"));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
