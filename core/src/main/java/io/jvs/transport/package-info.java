/**
 * The one door to the outside: what carries the packets of virtual services.
 *
 * <p>Start reading at {@link io.jvs.transport.Transport}.
 */
@NullMarked
package io.jvs.transport;

import org.jspecify.annotations.NullMarked;
