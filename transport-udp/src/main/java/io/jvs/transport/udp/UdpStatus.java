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
 * @param expired datagrams whose time to live was over, see {@link UdpOptions#passTtl}
 * @param refused datagrams of clients that got no real server, or whose service is gone
 * @param policyFailures flows that ended because a policy threw something
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
    long expired,
    long refused,
    long policyFailures) {}
