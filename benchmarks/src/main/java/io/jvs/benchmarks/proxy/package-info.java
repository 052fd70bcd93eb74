/**
 * The TCP proxy beside HAProxy, nginx and pen, as work per CPU second of the proxy process.
 *
 * <p>Start reading at {@link io.jvs.benchmarks.proxy.ProxyComparison}. What is measured is in
 * {@code Work}, who is measured in {@code Proxies}; servers and load are C, since they must cost
 * less than what stands between them. One thread, Linux only.
 */
@NullMarked
package io.jvs.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
