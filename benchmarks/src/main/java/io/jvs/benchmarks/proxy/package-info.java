/**
 * The TCP proxy beside HAProxy, nginx and pen, the UDP proxy beside nginx, pen and a floor in C, as
 * work per CPU second of the proxy process.
 *
 * <p>Start reading at {@link io.jvs.benchmarks.proxy.ProxyComparison} or {@link
 * io.jvs.benchmarks.proxy.UdpComparison}; how they measure is in {@code Bench}. What is measured is
 * in {@code TcpWork} and {@code UdpWork}, who is measured in {@code Proxies} and {@code
 * UdpProxies}, ours as {@code Jvs}; servers and load are C, since they must cost less than what
 * stands between them. One thread, Linux only.
 */
@NullMarked
package io.jvs.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
