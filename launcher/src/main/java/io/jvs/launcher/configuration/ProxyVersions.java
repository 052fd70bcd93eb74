package io.jvs.launcher.configuration;

import io.jvs.checks.dns.DnsCheck;
import io.jvs.checks.udp.UdpCheck;
import io.jvs.model.HealthCheck;
import io.jvs.model.Protocol;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Versions of the PROXY headers that a service's real servers get, and what that means for their
 * checks, which such servers would not understand without one.
 *
 * @param tcp before what TCP clients send, or 0 for none
 * @param udp before datagrams, or 0 for none
 */
record ProxyVersions(int tcp, int udp) {
  static final ProxyVersions NONE = new ProxyVersions(0, 0);

  private static final List<String> WORDS = List.of("none", "v1", "v2"); // index: version
  private static final Set<String> NEITHER = Set.of("icmp", "external", "file", "on", "off");

  /**
   * That of a check: as it says; else as clients do it, if it goes where they go.
   *
   * @param value what it says, or null
   * @param elsewhere whether it goes to another host or port
   */
  int of(HealthCheck check, @Nullable Value value, boolean elsewhere) {
    Protocol protocol = protocol(check);
    if (value == null) {
      return elsewhere || protocol == null ? 0 : protocol == Protocol.UDP ? udp : tcp;
    }
    String word = value.word(WORDS, "a PROXY header");
    int version = word == null ? 0 : Math.max(0, WORDS.indexOf(word));
    if (version > 0 && protocol == null) {
      value.wrong("with check: " + check.kind() + " (expected: a check over TCP or UDP, or none)");
    } else if (version == 1 && protocol == Protocol.UDP) {
      value.wrong(
          "v1 with check: "
              + check.kind()
              + " over UDP (expected: v2, since v1 is for TCP, or none)");
    }
    return version;
  }

  /** By which it asks the server; null for neither of them. */
  private static @Nullable Protocol protocol(HealthCheck check) {
    if (check instanceof UdpCheck || (check instanceof DnsCheck dns && !dns.tcp())) {
      return Protocol.UDP;
    }
    return NEITHER.contains(check.kind()) ? null : Protocol.TCP;
  }
}
