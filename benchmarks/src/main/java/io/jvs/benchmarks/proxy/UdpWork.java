package io.jvs.benchmarks.proxy;

import java.util.List;
import java.util.Locale;

/** What is measured of UDP proxies, as {@code udp-load.c} does it. */
enum UdpWork implements Work {
  REQUESTS("64-byte request/response, 16 flows with 16 under way on each", "window", 16, 16),
  ONE_BY_ONE("64-byte request/response, 16 flows with one under way on each", "window", 16, 1),
  TRAINS("trains of 32 datagrams of 1,200 bytes, 4 flows, answers one by one", "trains", 4, 32),
  TRAINS_BOTH_WAYS("… answers in trains, too", "trains", 4, 32),
  RATE("16 flows, 5,000 requests/s", "rate", 16, 5000);

  static final int RATE_REPEATS = 4;

  private final String title;
  private final String mode;
  private final int flows;
  private final int number;

  UdpWork(String title, String mode, int flows, int number) {
    this.title = title;
    this.mode = mode;
    this.flows = flows;
    this.number = number;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public String counted() {
    return "datagrams there and back";
  }

  /** Of a datagram there and back. */
  @Override
  public String unit() {
    return "µs";
  }

  @Override
  public double inUnit(double nanos) {
    return nanos / 1e3;
  }

  @Override
  public boolean bulk() {
    return this == TRAINS_BOTH_WAYS;
  }

  @Override
  public boolean timed() {
    return this == RATE;
  }

  /** A median of few rounds of so small a difference is the chance's. */
  @Override
  public int repeats() {
    return this == RATE ? RATE_REPEATS : 1;
  }

  @Override
  public List<String> arguments(int port, double seconds) {
    return arguments(mode, port, flows, seconds, number);
  }

  /** Of any mode that has these. */
  static List<String> arguments(String mode, int port, int flows, double seconds, int number) {
    return List.of(
        mode,
        Integer.toString(port),
        Integer.toString(flows),
        String.format(Locale.ROOT, "%.3f", seconds),
        Integer.toString(number));
  }
}
