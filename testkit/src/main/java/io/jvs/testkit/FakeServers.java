package io.jvs.testkit;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Fake servers that die together; {@link JvsExtension} gives one to a test. */
public final class FakeServers implements AutoCloseable {
  private final List<FakeServer> started = new ArrayList<>();

  /** One more server at 127.0.0.1; see {@link FakeServer#start(String)}. */
  public FakeServer start(String name) {
    return start(name, Behaviour.named());
  }

  /** One more server at 127.0.0.1. */
  public FakeServer start(String name, Behaviour behaviour) {
    return start(name, FreeAddresses.ip("127.0.0.1"), behaviour);
  }

  /** One more server at this address of the machine. */
  public synchronized FakeServer start(String name, InetAddress ip, Behaviour behaviour) {
    FakeServer server = FakeServer.start(name, ip, behaviour);
    started.add(server);
    return server;
  }

  @Override
  public synchronized void close() {
    started.forEach(FakeServer::close);
    started.clear();
  }
}
