/** Native calls by jnr-ffi. Start reading at {@link io.jvs.transport.udp.libc.LibC}; any thread. */
@NullMarked
package io.jvs.transport.udp.libc;

import org.jspecify.annotations.NullMarked;
