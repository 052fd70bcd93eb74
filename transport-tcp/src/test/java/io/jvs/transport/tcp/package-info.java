@NullMarked
package io.jvs.transport.tcp;

import org.jspecify.annotations.NullMarked;
