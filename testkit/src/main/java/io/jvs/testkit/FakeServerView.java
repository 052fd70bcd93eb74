package io.jvs.testkit;

import io.jvs.model.RealServer;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ServerView;
import java.util.ArrayList;
import java.util.List;

/** A server list for trying out a policy by itself: newest first, as policies see it. */
public final class FakeServerView implements ServerView {
  private final List<TestServer> servers;

  private FakeServerView(List<TestServer> servers) {
    this.servers = List.copyOf(servers);
  }

  /** The first one is the newest, and wins ties in the kernel's policies. */
  public static FakeServerView of(TestServer... newestFirst) {
    return new FakeServerView(List.of(newestFirst));
  }

  /** The first one is the newest. */
  public static FakeServerView of(List<TestServer> newestFirst) {
    return new FakeServerView(newestFirst);
  }

  /** So many servers of weight 1. */
  public static FakeServerView ofSize(int size) {
    List<TestServer> servers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      servers.add(TestServer.server("server-" + i));
    }
    return new FakeServerView(servers);
  }

  public List<TestServer> servers() {
    return servers;
  }

  @Override
  public int size() {
    return servers.size();
  }

  @Override
  public RealServer server(int index) {
    return servers.get(index).definition();
  }

  @Override
  public int weight(int index) {
    return servers.get(index).weight();
  }

  @Override
  public int active(int index) {
    return servers.get(index).active();
  }

  @Override
  public int inactive(int index) {
    return servers.get(index).inactive();
  }

  @Override
  public int overhead(int index) {
    TestServer server = servers.get(index);
    return KernelCompatibility.NEWEST.overhead(server.active(), server.inactive());
  }

  @Override
  public boolean overloaded(int index) {
    return servers.get(index).isFull();
  }

  @Override
  public boolean excluded(int index) {
    return servers.get(index).isExcluded();
  }

  @Override
  public long bytesFromClients(int index) {
    return servers.get(index).bytesFromClients();
  }

  @Override
  public String toString() {
    return servers.toString();
  }
}
