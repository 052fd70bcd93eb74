/** Tests of generic netlink. */
@NullMarked
package io.jvs.kernel.netlink;

import org.jspecify.annotations.NullMarked;
