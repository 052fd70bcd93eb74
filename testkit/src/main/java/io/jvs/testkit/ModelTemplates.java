package io.jvs.testkit;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The simulation's own persistence templates, each with a real timer, which fires when the
 * simulation's time passes it: the load balancer has none and must come to the same answers.
 */
final class ModelTemplates {
  private static final long EXTENSION_NANOS = 60_000_000_000L;

  private final Map<String, Template> live = new LinkedHashMap<>();

  /** One client, by network, and its server. */
  static final class Template {
    final String key;
    final ModelServer server;
    private long timeoutNanos;
    private long expiresAt;
    private int connections;

    Template(String key, ModelServer server, long timeoutNanos) {
      this.key = key;
      this.server = server;
      this.timeoutNanos = timeoutNanos;
    }

    void opened(long now) {
      connections++;
      expiresAt = now + timeoutNanos;
    }

    void closed() {
      connections--;
    }
  }

  /** How a service with this persistence knows the client of a flow. */
  static String key(Flow flow, Persistence persistence) {
    if (persistence instanceof Persistence.ApplicationKey) {
      return "key " + flow.key();
    }
    int bits = flow.isIpv6() ? 128 : 32;
    int prefix = bits;
    if (persistence instanceof Persistence.SourceNetwork network) {
      prefix = flow.isIpv6() ? network.ipv6Prefix() : network.ipv4Prefix();
    }
    String port = persistence instanceof Persistence.SourcePort ? " port " + flow.clientPort() : "";
    byte[] address =
        ByteBuffer.allocate(16).putLong(flow.clientHigh()).putLong(flow.clientLow()).array();
    return bits + ":" + new BigInteger(1, address).shiftRight(bits - prefix) + port;
  }

  @Nullable Template find(String key) {
    return live.get(key);
  }

  Template remember(String key, ModelServer server, long timeoutNanos) {
    Template template = new Template(key, server, timeoutNanos);
    live.put(key, template);
    return template;
  }

  /** One client is forgotten. */
  void forget(Template template) {
    live.remove(template.key);
  }

  /** Clients of some servers are forgotten. */
  void forget(Predicate<ModelServer> servers) {
    live.values().removeIf(template -> servers.test(template.server));
  }

  void clear() {
    live.clear();
  }

  Collection<Template> live() {
    return live.values();
  }

  /** When the next timer fires, or null if there is none. */
  @Nullable Long nextExpiry(long now) {
    Long next = null;
    for (Template template : live.values()) {
      if (next == null || template.expiresAt - now < next - now) {
        next = template.expiresAt;
      }
    }
    return next;
  }

  /** Timers that are due fire: ip_vs_conn_expire. */
  void expire(long now) {
    live.values().removeIf(template -> template.expiresAt - now <= 0 && !prolonged(template));
  }

  private static boolean prolonged(Template template) {
    if (template.connections == 0) {
      return false;
    }
    template.timeoutNanos = EXTENSION_NANOS;
    template.expiresAt += EXTENSION_NANOS;
    return true;
  }
}
