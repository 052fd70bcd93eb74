package io.jvs.kernel.doctor;

import io.jvs.model.VirtualService;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the process may do, and what the kernel has. */
final class KernelCheckup {
  /** As the kernel transport does; JVS's own policies go on one of these. */
  private static final Set<String> KERNEL_SCHEDULERS =
      Set.of(
          "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
          "twos");

  private final HostFacts host;
  private final List<Finding> findings;

  KernelCheckup(HostFacts host, List<Finding> findings) {
    this.host = host;
    this.findings = findings;
  }

  void examine(List<VirtualService> services) {
    rights();
    if (module()) {
      Set<String> schedulers = new TreeSet<>();
      services.forEach(service -> schedulers.add(service.scheduler().name()));
      schedulers.forEach(this::scheduler);
    }
  }

  private void rights() {
    String seen = "/proc/self/status: CapEff " + host.capabilities();
    if (!host.inInitialUserNamespace()) {
      findings.add(
          Finding.error(
              Finding.RIGHTS,
              "/proc/self/uid_map: " + host.text("proc/self/uid_map"),
              "this process is in a user namespace of its own; the kernel lets only the initial"
                  + " one administer IPVS over netlink, also root of another one not",
              "run JVS outside of it, such as without 'unshare -U' or user remapping of containers"));
    } else if (host.mayAdministerNetwork()) {
      findings.add(Finding.ok(Finding.RIGHTS, seen, "holds CAP_NET_ADMIN, as IPVS asks for"));
    } else {
      findings.add(
          Finding.error(
              Finding.RIGHTS,
              seen,
              "without CAP_NET_ADMIN the kernel neither shows nor changes its IPVS table",
              "run JVS as root, or by systemd with AmbientCapabilities=CAP_NET_ADMIN"));
    }
  }

  private boolean module() {
    Boolean loadable = host.isLoadable("ip_vs");
    if (host.exists("proc/net/ip_vs")) {
      findings.add(Finding.ok(Finding.MODULE, "/proc/net/ip_vs exists", "IPVS is in the kernel"));
      return true;
    }
    String modules = "/lib/modules/" + host.kernel() + "/modules.dep";
    if (loadable == null || loadable) {
      findings.add(
          Finding.note(
              Finding.MODULE,
              "no /proc/net/ip_vs" + (loadable == null ? ", no " + modules : ""),
              loadable == null
                  ? "IPVS is not loaded, and what could be loaded cannot be seen from here"
                  : "IPVS is not loaded yet; the kernel loads it when it is first used",
              "modprobe ip_vs"));
      return true;
    }
    findings.add(
        Finding.error(
            Finding.MODULE,
            "no /proc/net/ip_vs, and no ip_vs in " + modules,
            "this kernel has no IPVS",
            "boot a distribution's usual kernel, not one cut down for clouds or containers"));
    return false;
  }

  private void scheduler(String name) {
    if (!KERNEL_SCHEDULERS.contains(name)) {
      findings.add(
          Finding.note(
              "scheduler " + name,
              "not one of the kernel's",
              "JVS carries it as weights on a scheduler of the kernel, or refuses it and says why",
              null));
      return;
    }
    String module = "ip_vs_" + name;
    Boolean loadable = host.isLoadable(module);
    if (host.isLoaded(module)) {
      findings.add(Finding.ok("scheduler " + name, "/proc/modules: " + module, "is loaded"));
    } else if (loadable == null) {
      findings.add(
          Finding.note(
              "scheduler " + name,
              "no /lib/modules/" + host.kernel() + "/modules.dep",
              "is not loaded; whether the kernel can load it cannot be seen from here",
              "modprobe " + module));
    } else if (loadable) {
      findings.add(
          Finding.ok("scheduler " + name, "modules.dep: " + module, "is loaded when first used"));
    } else {
      findings.add(
          Finding.error(
              "scheduler " + name,
              "no " + module + " in /lib/modules/" + host.kernel(),
              "this kernel was built without it; adding such a service fails with ENOENT",
              "take another scheduler, or a kernel with CONFIG_IP_VS_"
                  + name.toUpperCase(java.util.Locale.ROOT)));
    }
  }
}
