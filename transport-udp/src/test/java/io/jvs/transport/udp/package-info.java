@NullMarked
package io.jvs.transport.udp;

import org.jspecify.annotations.NullMarked;
