package io.jvs.transport.tcp;

/**
 * A TCP transport as it is now. Numbers are read one after the other, so they may be a few
 * connections apart.
 *
 * @param engine what moves the bytes: {@code epoll}, {@code io_uring} or {@code nio}
 * @param connections clients that are connecting, connected or closing
 * @param maxConnections how many of them there may be
 * @param refusedWhenFull clients reset so far because there were that many
 * @param acceptFailures times that accepting or connecting failed on this machine, such as for want
 *     of file descriptors
 * @param policyFailures clients reset so far because a policy threw an exception
 * @param withoutKey clients served so far without the key that {@link TcpOptions#firstBytes} asks
 *     for: they had sent something else, or too little
 */
public record TcpStatus(
    String engine,
    int connections,
    int maxConnections,
    long refusedWhenFull,
    long acceptFailures,
    long policyFailures,
    long withoutKey) {}
