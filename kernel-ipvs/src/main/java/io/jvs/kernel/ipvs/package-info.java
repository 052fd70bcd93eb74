/**
 * Virtual services in the IPVS of the Linux kernel.
 *
 * <p>Start reading at {@link io.jvs.kernel.ipvs.IpvsTable}, which is what the kernel has and does.
 */
@NullMarked
package io.jvs.kernel.ipvs;

import org.jspecify.annotations.NullMarked;
