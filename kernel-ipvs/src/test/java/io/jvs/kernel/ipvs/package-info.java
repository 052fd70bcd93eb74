/** Tests of the kernel's table. */
@NullMarked
package io.jvs.kernel.ipvs;

import org.jspecify.annotations.NullMarked;
