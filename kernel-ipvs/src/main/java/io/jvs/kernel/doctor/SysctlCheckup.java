package io.jvs.kernel.doctor;

import io.jvs.model.Forwarding;
import io.jvs.model.VirtualService;
import java.util.List;

/** The settings of IPVS itself, /proc/sys/net/ipv4/vs, as far as they matter for the services. */
final class SysctlCheckup {
  private static final String VS = "net.ipv4.vs.";

  private final HostFacts host;
  private final List<Finding> findings;

  SysctlCheckup(HostFacts host, List<Finding> findings) {
    this.host = host;
    this.findings = findings;
  }

  void examine(List<VirtualService> services) {
    if (!host.exists("proc/sys/net/ipv4/vs")) {
      return; // without the module, which has been told; or hidden, and then nothing can be done
    }
    conntrack(services);
    reuse();
    removedServers();
    templates(services);
    defences();
    if (value("backup_only") > 0) {
      findings.add(
          Finding.note(
              "backup_only",
              seen("backup_only"),
              "while the backup daemon runs, this host hands nothing on",
              set("backup_only", 0)));
    }
    if (value("run_estimation") == 0) {
      findings.add(
          Finding.warning(
              "run_estimation",
              seen("run_estimation"),
              "counters and rates of the kernel stand still, and with them those of JVS",
              set("run_estimation", 1)));
    }
    if (value("sync_version") == 0) {
      findings.add(
          Finding.warning(
              "sync_version",
              seen("sync_version"),
              "connections are told to a backup in the old format: IPv4 only, no persistence data",
              set("sync_version", 1)));
    }
  }

  private void conntrack(List<VirtualService> services) {
    boolean translates =
        List.of("iptable_nat", "ip6table_nat", "nft_masq", "nft_nat", "xt_MASQUERADE").stream()
            .anyMatch(host::isLoaded);
    boolean nat = services.isEmpty() || uses(services, Forwarding.NAT);
    if (value("conntrack") == 0 && translates && nat) {
      findings.add(
          Finding.warning(
              "conntrack",
              seen("conntrack") + ", and a module for address translation is loaded",
              "connections of IPVS are not tracked: SNAT, MASQUERADE and rules on connection state"
                  + " do not see them",
              set("conntrack", 1)));
    } else if (value("conntrack") == 1 && value("conn_reuse_mode") == 1) {
      findings.add(
          Finding.note(
              "conntrack",
              seen("conntrack") + ", conn_reuse_mode = 1",
              "when a client reuses a port within two minutes, its first SYN is dropped and it"
                  + " waits a second",
              set("conn_reuse_mode", 0)));
    } else if (value("conntrack") >= 0) {
      findings.add(
          Finding.ok(
              "conntrack",
              seen("conntrack"),
              value("conntrack") == 0
                  ? "not tracked, which is faster; 1 is needed for SNAT and rules on state only"
                  : "tracked, so that SNAT and rules on state see them"));
    }
  }

  private void reuse() {
    if (value("conn_reuse_mode") == 0) {
      findings.add(
          Finding.note(
              "conn_reuse_mode",
              seen("conn_reuse_mode"),
              "a client that reuses a port stays with its old server, also a quiesced one",
              set("conn_reuse_mode", 1)));
    }
  }

  private void removedServers() {
    if (value("expire_nodest_conn") == 0) {
      findings.add(
          Finding.note(
              "expire_nodest_conn",
              seen("expire_nodest_conn"),
              "packets of connections whose server was removed are dropped without a word until"
                  + " they time out; 1 ends TCP with a reset and gives UDP another server",
              set("expire_nodest_conn", 1)));
    } else if (value("expire_nodest_conn") > 0) {
      findings.add(
          Finding.ok(
              "expire_nodest_conn",
              seen("expire_nodest_conn"),
              "connections whose server was removed end at once"));
    }
  }

  private void templates(List<VirtualService> services) {
    boolean persistent = services.stream().anyMatch(service -> service.persistence() != null);
    if (persistent && value("expire_quiescent_template") == 0) {
      findings.add(
          Finding.warning(
              "expire_quiescent_template",
              seen("expire_quiescent_template"),
              "known clients of persistent services go on to a server of weight 0, also if it has"
                  + " that weight because it is down",
              set("expire_quiescent_template", 1)));
    } else if (value("expire_quiescent_template") > 0) {
      findings.add(
          Finding.ok(
              "expire_quiescent_template",
              seen("expire_quiescent_template"),
              "clients leave servers of weight 0, also those that are only being drained"));
    }
  }

  private void defences() {
    for (String name : List.of("drop_entry", "drop_packet", "secure_tcp")) {
      if (value(name) > 0) {
        findings.add(
            Finding.warning(
                name,
                seen(name),
                "a defence against floods is "
                    + (value(name) == 3 ? "always on" : "on when memory is short")
                    + ": it ends or refuses connections of honest clients too",
                set(name, 0)));
      }
    }
  }

  static boolean uses(List<VirtualService> services, Forwarding method) {
    return services.stream()
        .flatMap(service -> service.realServers().stream())
        .anyMatch(server -> server.forwarding().equals(method));
  }

  private int value(String name) {
    return host.sysctl("net/ipv4/vs/" + name);
  }

  private String seen(String name) {
    return VS + name + " = " + value(name);
  }

  private static String set(String name, int value) {
    return "sysctl -w " + VS + name + "=" + value;
  }
}
