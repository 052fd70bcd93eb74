/** The native calls. Not for users: exported only because jnr-ffi has to see it. */
@NullMarked
package io.jvs.kernel.netlink.libc;

import org.jspecify.annotations.NullMarked;
