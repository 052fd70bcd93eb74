/** A check by a DNS query. Queries run on dnsjava's one selector thread, whatever their number. */
@NullMarked
package io.jvs.checks.dns;

import org.jspecify.annotations.NullMarked;
