/**
 * Tests on a real kernel. A guest is a small virtual Linux with IPVS, network namespaces and root,
 * an ordinary process of this machine: user-mode Linux, which {@code lab/ipvs-lab} boots in two
 * seconds on Debian and Ubuntu.
 *
 * <p>A test that needs it is annotated {@link io.jvs.lab.InLab} and so left out of the build's own
 * test run. One ordinary test of the module runs all of them in one guest, {@link
 * io.jvs.lab.LabTests}, and each is reported as a test of the build. {@link io.jvs.lab.Topology}
 * builds clients, directors and real servers there. {@link io.jvs.lab.Lab} runs any command in a
 * guest.
 *
 * <p>Where no guest can run, the tests are skipped and the reason is printed; in CI (the variable
 * {@code CI} is set) they fail instead.
 */
@NullMarked
package io.jvs.lab;

import org.jspecify.annotations.NullMarked;
