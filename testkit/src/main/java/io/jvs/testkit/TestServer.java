package io.jvs.testkit;

import io.jvs.model.ConnectionLimits;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import java.util.Map;

/**
 * A server in a {@link FakeServerView}, with everything that a policy may see of it. Changes are
 * seen by all threads.
 *
 * <pre>{@code
 * ServerView view = FakeServerView.of(server("a").active(1), server("b").weight(3).full());
 * }</pre>
 */
public final class TestServer {
  private volatile RealServer definition;
  private volatile int weight = 1;
  private volatile int active;
  private volatile int inactive;
  private volatile long bytesFromClients;
  private volatile boolean full;
  private volatile boolean excluded;

  private TestServer(RealServer definition) {
    this.definition = definition;
  }

  /** Weight 1, no connections. The name may have a port; without one it is 80. */
  public static TestServer server(String name) {
    String address = name.indexOf(':') < 0 ? name + ":80" : name;
    return new TestServer(RealServer.of(SocketAddresses.parse(address)));
  }

  /** Effective and configured weight. */
  public TestServer weight(int newWeight) {
    definition = definition.withWeight(newWeight);
    weight = newWeight;
    return this;
  }

  public TestServer active(int connections) {
    active = connections;
    return this;
  }

  public TestServer inactive(int connections) {
    inactive = connections;
    return this;
  }

  /** What clients have sent to it so far. */
  public TestServer bytesFromClients(long bytes) {
    bytesFromClients = bytes;
    return this;
  }

  /** An upper connection limit, for definitions; whether it is reached says {@link #full}. */
  public TestServer limit(int upper) {
    definition = definition.withLimits(ConnectionLimits.upTo(upper));
    return this;
  }

  public TestServer metadata(Map<String, String> metadata) {
    definition = definition.withMetadata(metadata);
    return this;
  }

  /** At its connection limit. */
  public TestServer full() {
    return full(true);
  }

  public TestServer full(boolean isFull) {
    full = isFull;
    return this;
  }

  /** Down, or tried for this flow already. */
  public TestServer excluded() {
    return excluded(true);
  }

  public TestServer excluded(boolean isExcluded) {
    excluded = isExcluded;
    return this;
  }

  /** As a definition, without its counts. */
  public RealServer definition() {
    return definition;
  }

  int weight() {
    return weight;
  }

  int active() {
    return active;
  }

  int inactive() {
    return inactive;
  }

  long bytesFromClients() {
    return bytesFromClients;
  }

  boolean isFull() {
    return full;
  }

  boolean isExcluded() {
    return excluded;
  }

  @Override
  public String toString() {
    return definition.name()
        + " weight "
        + weight
        + " "
        + active
        + "+"
        + inactive
        + (full ? " full" : "")
        + (excluded ? " excluded" : "");
  }
}
