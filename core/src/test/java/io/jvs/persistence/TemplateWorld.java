package io.jvs.persistence;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.VirtualAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A table with a clock, and with books of what its servers were told. */
final class TemplateWorld implements TemplateTable.Observer<String> {
  static final VirtualAddress WEB = VirtualAddress.tcp("192.0.2.1", 80);

  final FakeTicker ticker = new FakeTicker();
  final Map<String, Integer> counts = new ConcurrentHashMap<>();
  final AtomicInteger evicted = new AtomicInteger();
  TemplateTable<String> table;

  TemplateWorld(Persistence persistence, VirtualAddress address) {
    this.table = new TemplateTable<>(persistence, address, 42, this);
  }

  /** At one address and port, with room for so many. */
  TemplateWorld(Persistence persistence, int maximum) {
    this(persistence.withRules(TemplateRules.DEFAULT.withMaximum(maximum)), WEB);
  }

  @Override
  public void counted(String server, int change) {
    counts.merge(server, change, Integer::sum);
  }

  @Override
  public void evicted() {
    evicted.incrementAndGet();
  }

  @Nullable Template<String> find(Flow flow) {
    return table.find(flow, ticker.nanoTime());
  }

  /** Whose client it is, or null. */
  @Nullable String serverOf(Flow flow) {
    Template<String> found = find(flow);
    return found == null ? null : found.server();
  }

  @Nullable Template<String> tryToRemember(Flow flow, String server) {
    return table.remember(flow, server, null, ticker.nanoTime());
  }

  Template<String> remember(Flow flow, String server) {
    return Objects.requireNonNull(tryToRemember(flow, server));
  }

  /** A connection through a template opens and closes. */
  void visit(Template<String> template) {
    template.connectionOpened(ticker.nanoTime());
    template.connectionClosed(ticker.nanoTime());
  }

  static Flow flow(String client, String destination) {
    return Flow.tcp(SocketAddresses.parse(client), SocketAddresses.parse(destination));
  }

  static Flow from(String client) {
    return flow(client, client.startsWith("[") ? "[2001:db8::80]:80" : "192.0.2.1:80");
  }

  /** One of 16 million clients. */
  static Flow client(int number) {
    return from(
        "10." + (number >> 16 & 255) + "." + (number >> 8 & 255) + "." + (number & 255) + ":1");
  }
}
