package io.jvs.checks.command;

import io.jvs.health.CheckAttempt;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** What a program is asked about, in the words it gets. */
record Subject(CheckAttempt attempt) {

  /** Virtual address or mark, virtual port, real address, real port. */
  List<String> ldirectordArguments() {
    return List.of(virtualAddress(), virtualPort(), address(), Integer.toString(where().getPort()));
  }

  Map<String, String> variables() {
    InetAddress bind = attempt.bind();
    return Map.ofEntries(
        Map.entry("JVS_SERVICE", attempt.service().name()),
        Map.entry("JVS_PROTOCOL", protocol()),
        Map.entry("JVS_VIP", virtualAddress()),
        Map.entry("JVS_VPORT", virtualPort()),
        Map.entry("JVS_SERVER", SocketAddresses.format(attempt.server().address())),
        Map.entry("JVS_ADDRESS", address()),
        Map.entry("JVS_PORT", Integer.toString(where().getPort())),
        Map.entry("JVS_BIND", bind == null ? "" : SocketAddresses.format(bind)),
        Map.entry("JVS_WEIGHT", Integer.toString(attempt.server().weight())),
        Map.entry("JVS_TIMEOUT_MS", Long.toString(attempt.timeout().toMillis())));
  }

  private InetSocketAddress where() {
    return attempt.address();
  }

  private String address() {
    return SocketAddresses.format(where().getAddress());
  }

  private String protocol() {
    VirtualAddress virtual = attempt.service().address();
    if (virtual instanceof VirtualAddress.Endpoint endpoint) {
      return endpoint.protocol().toString();
    }
    return virtual instanceof VirtualAddress.FirewallMark ? "fwm" : "in-process";
  }

  private String virtualAddress() {
    VirtualAddress virtual = attempt.service().address();
    if (virtual instanceof VirtualAddress.Endpoint endpoint) {
      return SocketAddresses.format(endpoint.address());
    }
    return virtual instanceof VirtualAddress.FirewallMark mark ? Long.toString(mark.mark()) : "";
  }

  private String virtualPort() {
    VirtualAddress virtual = attempt.service().address();
    return virtual instanceof VirtualAddress.Endpoint endpoint
        ? Integer.toString(endpoint.ports().first())
        : "";
  }
}
