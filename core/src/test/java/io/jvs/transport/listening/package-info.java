@NullMarked
package io.jvs.transport.listening;

import org.jspecify.annotations.NullMarked;
