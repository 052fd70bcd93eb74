/** Tests of ICMP echo. */
@NullMarked
package io.jvs.checks.icmp;

import org.jspecify.annotations.NullMarked;
