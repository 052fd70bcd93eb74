/**
 * Load balancers of other libraries as {@link io.jvs.benchmarks.Contender}s, driven without a
 * network. Each is called as its own client calls it: what that costs is what its users pay.
 */
@NullMarked
package io.jvs.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
