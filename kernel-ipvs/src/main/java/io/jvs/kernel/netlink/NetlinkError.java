package io.jvs.kernel.netlink;

import org.jspecify.annotations.Nullable;

/**
 * Why the kernel did not do it.
 *
 * @param errno positive; see {@link Errno}
 * @param text the kernel's own words, if it has any (NETLINK_EXT_ACK)
 */
public record NetlinkError(int errno, @Nullable String text) {
  /** {@code EINVAL (Invalid argument), the kernel says: the kernel's words}. */
  @Override
  public String toString() {
    String name = Errno.text(errno);
    if (text == null || text.isEmpty()) {
      return name;
    }
    return name + ", the kernel says: " + text;
  }
}
