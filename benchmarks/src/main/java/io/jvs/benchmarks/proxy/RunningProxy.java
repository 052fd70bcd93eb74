package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.Jcmd;
import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The processes of one proxy, which has carried its first byte. */
final class RunningProxy implements AutoCloseable {
  private static final int ATTEMPTS = 3; // somebody else may take a port that was free just now
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Proxy proxy;
  private final Ports ports;
  private final Workshop workshop;
  private final List<Process> processes = new ArrayList<>();
  private final long startNanos;
  private final List<Long> pids;

  static RunningProxy start(Proxy proxy, Workshop workshop, Ports servers, boolean pinned)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return new RunningProxy(proxy, workshop, servers, pinned);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private RunningProxy(Proxy proxy, Workshop workshop, Ports servers, boolean pinned)
      throws IOException, InterruptedException {
    this.proxy = proxy;
    this.workshop = workshop;
    this.ports = proxy.carried().freePorts();
    List<List<String>> commands = proxy.commands(workshop, ports, servers);
    Path log = workshop.path(proxy.name().replace('/', ' ') + " " + ports.echo() + ".log");
    long start = System.nanoTime();
    for (List<String> command : commands) {
      processes.add(workshop.start(pinned, false, log, command));
    }
    try {
      awaitFirstByte(log);
    } catch (IOException e) {
      close();
      throw e;
    }
    this.startNanos = System.nanoTime() - start;
    this.pids =
        processes.stream()
            .flatMap(p -> Stream.concat(Stream.of(p.toHandle()), p.descendants()))
            .map(ProcessHandle::pid)
            .toList();
  }

  private void awaitFirstByte(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!proxy.carried().answers(ports.echo())) {
      boolean ended = processes.stream().anyMatch(process -> !process.isAlive());
      if (ended || System.nanoTime() > deadline) {
        throw new IOException(
            "%s %s:%n%s"
                .formatted(
                    proxy.name(),
                    ended ? "ended at its start" : "did not answer within 20 s",
                    Files.readString(log)));
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  Proxy proxy() {
    return proxy;
  }

  Ports ports() {
    return ports;
  }

  /** From the start of its command to the first byte that came back through it. */
  long startNanos() {
    return startNanos;
  }

  long cpuNanos() throws IOException {
    return ProcessFigures.cpuNanos(pids);
  }

  long residentBytes() throws IOException {
    return ProcessFigures.residentBytes(pids);
  }

  /** What one of ours says of itself, see {@link Proxy#status}. */
  String status() throws IOException, InterruptedException {
    Path log = workshop.path("status.log");
    Process process = workshop.start(false, true, log, proxy.status(workshop, ports));
    try {
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException(proxy.name() + " does not say how it is: " + Files.readString(log));
      }
      return answer;
    } finally {
      workshop.end(process);
    }
  }

  /** Of one of ours, after a collection. */
  long liveHeapBytes() throws IOException, InterruptedException {
    return Jcmd.liveHeapBytes(processes.get(0).pid()); // each command is replaced by the next
  }

  @Override
  public void close() {
    processes.forEach(workshop::end);
  }
}
