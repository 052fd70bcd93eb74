/**
 * Generic netlink, the way to ask the kernel for its tables (RFC 3549; netlink(7)). Start at {@link
 * io.jvs.kernel.netlink.GenericNetlink}, which asks; {@link io.jvs.kernel.netlink.NetlinkSocket}
 * carries bytes, {@link io.jvs.kernel.netlink.MessageWriter}, {@link
 * io.jvs.kernel.netlink.MessageReader} and {@link io.jvs.kernel.netlink.Attributes} know what they
 * mean, on any system. Everything here is used by one thread at a time.
 */
@NullMarked
package io.jvs.kernel.netlink;

import org.jspecify.annotations.NullMarked;
