package io.jvs.benchmarks.proxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a program that puts load on a proxy: {@code load.c} or {@code udp-load.c}. */
final class Load {
  private final Workshop workshop;
  private final Path program;

  Load(Workshop workshop, String name) throws IOException, InterruptedException {
    this.workshop = workshop;
    this.program = workshop.compile(name);
  }

  /** Does this work for so long. */
  Result run(Work work, int port, double seconds) throws IOException, InterruptedException {
    return run(work.title(), work.arguments(port, seconds));
  }

  Result run(String what, List<String> arguments) throws IOException, InterruptedException {
    Process load = start(arguments);
    try {
      Result result = result(load, what);
      load.waitFor();
      return result;
    } finally {
      workshop.end(load);
    }
  }

  /** Holds idle connections until it is closed. */
  Idle hold(int port, int connections) throws IOException {
    Process load = start(List.of("idle", Integer.toString(port), Integer.toString(connections)));
    try {
      return new Idle(load, (int) result(load, "idle connections").done());
    } catch (IOException e) {
      workshop.end(load);
      throw e;
    }
  }

  private Process start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return workshop.start(true, true, workshop.path("load.log"), command);
  }

  private Result result(Process load, String what) throws IOException {
    BufferedReader output = load.inputReader();
    String line = output.readLine();
    if (line == null) {
      throw new IOException(what + ": " + Files.readString(workshop.path("load.log")).trim());
    }
    Map<String, Double> values = values(line);
    return new Result(
        values.getOrDefault("done", Double.NaN),
        values.getOrDefault("sent", Double.NaN),
        values.getOrDefault("seconds", Double.NaN),
        values.getOrDefault("p50", Double.NaN),
        values.getOrDefault("p99", Double.NaN));
  }

  /** A line of {@code KEY=VALUE}. */
  static Map<String, Double> values(String line) {
    return Stream.of(line.split(" ", -1))
        .map(pair -> pair.split("=", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> Double.valueOf(pair[1])));
  }

  /**
   * What was done.
   *
   * @param done units: operations, gigabytes or connections
   * @param sent of UDP: the datagrams that went, of which {@code done} came back
   * @param p50Micros of an operation; of bulk and idle, NaN, as {@code p99Micros}
   */
  record Result(double done, double sent, double seconds, double p50Micros, double p99Micros) {}

  /** Connections that are there and do nothing. */
  final class Idle implements AutoCloseable {
    private final Process load;
    private final int connections;

    private Idle(Process load, int connections) {
      this.load = load;
      this.connections = connections;
    }

    /** How many there are; fewer than asked for, if the proxy does not take more. */
    int connections() {
      return connections;
    }

    @Override
    public void close() {
      workshop.end(load);
    }
  }
}
