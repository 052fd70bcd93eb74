@NullMarked
package io.jvs.resilience;

import org.jspecify.annotations.NullMarked;
