/** Tests of what can be read of QUIC packets. */
@NullMarked
package io.jvs.transport.udp.quic;

import org.jspecify.annotations.NullMarked;
