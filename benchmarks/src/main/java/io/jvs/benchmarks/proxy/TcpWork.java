package io.jvs.benchmarks.proxy;

import java.util.List;
import java.util.Locale;

/** What is measured of TCP proxies, as {@code load.c} does it. */
enum TcpWork implements Work {
  REQUESTS("64-byte request/response, 64 kept connections", "µs", 1e3, "requests", 64),
  CONNECTS("connect, one request, close", "µs", 1e3, "connects", 32),
  BULK_1("bulk, 1 connection", "ms/GB", 1e6, "bulk", 1),
  BULK_16("bulk, 16 connections", "ms/GB", 1e6, "bulk", 16),
  RATE("32 connections, 2,000 requests/s", "µs", 1e3, "rate", 32);

  static final int FIXED_RATE = 2000;

  private final String title;
  private final String unit;
  private final double nanosPerUnit;
  private final String mode;
  private final int connections;

  TcpWork(String title, String unit, double nanosPerUnit, String mode, int connections) {
    this.title = title;
    this.unit = unit;
    this.nanosPerUnit = nanosPerUnit;
    this.mode = mode;
    this.connections = connections;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String counted() {
    return bulk() ? "GB" : this == CONNECTS ? "connections" : "requests";
  }

  @Override
  public String unit() {
    return unit;
  }

  @Override
  public double inUnit(double nanos) {
    return nanos / nanosPerUnit;
  }

  @Override
  public boolean bulk() {
    return mode.equals("bulk");
  }

  @Override
  public boolean timed() {
    return this == RATE;
  }

  @Override
  public List<String> arguments(int port, double seconds) {
    String time = String.format(Locale.ROOT, "%.3f", seconds);
    List<String> common =
        List.of(mode, Integer.toString(port), Integer.toString(connections), time);
    return this != RATE
        ? common
        : List.of(
            common.get(0),
            common.get(1),
            common.get(2),
            common.get(3),
            Integer.toString(FIXED_RATE));
  }
}
