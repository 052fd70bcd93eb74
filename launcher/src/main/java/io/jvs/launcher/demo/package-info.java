/**
 * What {@code jvs demo} shows: three real HTTP servers, a director in front, a stream of requests,
 * one server that dies, and no request lost.
 *
 * <p>Start reading at {@link io.jvs.launcher.demo.Demo}. All is on loopback, in one process.
 */
@NullMarked
package io.jvs.launcher.demo;

import org.jspecify.annotations.NullMarked;
