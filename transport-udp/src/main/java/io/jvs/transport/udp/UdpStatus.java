package io.jvs.transport.udp;

/**
 * Numbers of a transport as a whole.
 *
 * @param engine what moves the datagrams: {@code epoll} or {@code nio}
 * @param flows how many there are
 * @param maxFlows how many there may be
 * @param evicted flows that ended before their time, because there were too many
 * @param sourcePorts ports from which real servers are asked
 * @param withoutPort datagrams dropped for want of a source port or a descriptor
 * @param unsent datagrams that the system did not take, towards servers and clients
 * @param strays datagrams from servers that belong to no flow
 * @param refused datagrams of clients that got no real server, or whose service is gone
 * @param policyFailures flows that ended because a policy threw something
 * @param quicIds connection ids that are remembered
 * @param quicIdsEvicted connection ids forgotten before their time, or not remembered, for want of
 *     room
 * @param quicFollowed flows that went to the real server that their connection id belongs to, most
 *     of them of clients whose address or port has changed
 */
public record UdpStatus(
    String engine,
    int flows,
    int maxFlows,
    long evicted,
    int sourcePorts,
    long withoutPort,
    long unsent,
    long strays,
    long refused,
    long policyFailures,
    int quicIds,
    long quicIdsEvicted,
    long quicFollowed) {}
