/** Native calls by jnr-ffi. Start reading at {@link io.jvs.transport.tcp.libc.LibC}; any thread. */
@NullMarked
package io.jvs.transport.tcp.libc;

import org.jspecify.annotations.NullMarked;
