/**
 * Userspace NAT for UDP: datagrams of clients go to real servers, answers go back, as IPVS does it
 * in the kernel. Start reading at {@link io.jvs.transport.udp.UdpTransport}.
 */
@NullMarked
package io.jvs.transport.udp;

import org.jspecify.annotations.NullMarked;
