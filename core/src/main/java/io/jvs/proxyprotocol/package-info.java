/**
 * The PROXY protocol, versions 1 and 2 (haproxy's doc/proxy-protocol.txt): who a connection or a
 * datagram really comes from, said in bytes before all others.
 *
 * <p>Start reading at {@link io.jvs.proxyprotocol.Header}. Bytes in, bytes out: no socket, no
 * thread, no state. Exported to the transports alone; health checks introduce themselves with it.
 */
@NullMarked
package io.jvs.proxyprotocol;

import org.jspecify.annotations.NullMarked;
