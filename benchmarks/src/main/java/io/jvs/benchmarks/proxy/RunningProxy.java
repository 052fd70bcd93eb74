package io.jvs.benchmarks.proxy;

import io.jvs.benchmarks.proxy.Proxy.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
  private static final int ANSWER_MILLIS = 5000;

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
    this.ports = freePorts();
    List<List<String>> commands = proxy.commands(workshop, ports, servers);
    Path log = workshop.path(proxy.name() + " " + ports.echo() + ".log");
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

  private static Ports freePorts() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket a = new ServerSocket(0, 1, loopback);
        ServerSocket b = new ServerSocket(0, 1, loopback);
        ServerSocket c = new ServerSocket(0, 1, loopback);
        ServerSocket d = new ServerSocket(0, 1, loopback)) {
      return new Ports(a.getLocalPort(), b.getLocalPort(), c.getLocalPort(), d.getLocalPort());
    }
  }

  private void awaitFirstByte(Path log) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!answers()) {
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

  private boolean answers() {
    try (Socket client = new Socket()) {
      client.setSoTimeout(ANSWER_MILLIS);
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.echo()));
      client.getOutputStream().write('x');
      return client.getInputStream().read() == 'x';
    } catch (IOException e) {
      return false; // refused: it does not listen yet
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

  @Override
  public void close() {
    processes.forEach(workshop::end);
  }
}
