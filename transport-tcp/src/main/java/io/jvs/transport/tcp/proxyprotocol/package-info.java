/**
 * The PROXY protocol, versions 1 and 2 (haproxy's doc/proxy-protocol.txt): who a connection or a
 * datagram really comes from, said in bytes before all others.
 *
 * <p>Start reading at {@link io.jvs.transport.tcp.proxyprotocol.Header}. Bytes in, bytes out: no
 * socket, no thread, no state. Not exported.
 */
@NullMarked
package io.jvs.transport.tcp.proxyprotocol;

import org.jspecify.annotations.NullMarked;
