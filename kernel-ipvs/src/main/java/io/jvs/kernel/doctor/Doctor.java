package io.jvs.kernel.doctor;

import io.jvs.model.VirtualService;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds out whether a host is ready for IPVS, and for given services in particular. */
public final class Doctor {
  private Doctor() {}

  /**
   * Looks at all that there is to see; changes nothing and asks nobody.
   *
   * @param root {@code /}, or a directory with copies of the files of {@code /proc}, {@code /sys}
   *     and {@code /lib/modules}
   * @param services what shall run on the host; may be empty
   */
  public static List<Finding> examine(Path root, List<VirtualService> services) {
    HostFacts host = new HostFacts(root);
    List<Finding> findings = new ArrayList<>();
    new KernelCheckup(host, findings).examine(services);
    ServiceCheckup checkup = new ServiceCheckup(host, services, findings);
    checkup.examine();
    new SysctlCheckup(host, findings).examine(services);
    return List.copyOf(findings);
  }
}
