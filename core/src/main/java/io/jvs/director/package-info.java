/**
 * Many virtual services, their transports and health checks, kept as one desired state says.
 *
 * <p>Start reading at {@link io.jvs.director.Director}.
 */
@NullMarked
package io.jvs.director;

import org.jspecify.annotations.NullMarked;
