/** Tests of the checks of this package, against real servers and against some that lie. */
@NullMarked
package io.jvs.checks.udp;

import org.jspecify.annotations.NullMarked;
