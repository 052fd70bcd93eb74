/**
 * How commands talk to a running director: a small HTTP server on a Unix domain socket (or a
 * loopback port), its client, and what they say to each other.
 *
 * <p>Start reading at {@link io.jvs.launcher.control.ControlServer}; the JSON is {@link
 * io.jvs.launcher.control.StatusReport}, its fields are described in docs/configuration.md.
 */
@NullMarked
package io.jvs.launcher.control;

import org.jspecify.annotations.NullMarked;
