/**
 * Connection ids of QUIC: what can be read of packets without their keys (RFC 8999), and server ids
 * that real servers put into the ids that they choose (draft-ietf-quic-load-balancers).
 *
 * <p>Start reading at {@link io.jvs.transport.udp.quic.LongHeader}. Bytes in, answers out: no
 * socket, no thread. Any bytes give an answer or null, nothing throws. Not exported.
 */
@NullMarked
package io.jvs.transport.udp.quic;

import org.jspecify.annotations.NullMarked;
