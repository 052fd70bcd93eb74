/**
 * A check by one datagram. All tries share one thread, which starts with the first and ends when
 * there have been none for a while.
 */
@NullMarked
package io.jvs.checks.udp;

import org.jspecify.annotations.NullMarked;
