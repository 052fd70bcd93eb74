/**
 * Networks of a test's own on this very kernel, without a guest: namespaces that are wired to each
 * other, programs that run in one or without rights, and captures of what is on the wire.
 *
 * <p>Where these are not permitted or a command is missing, the test is skipped with a reason; in
 * CI (the variable {@code CI} is set) a missing command fails it instead.
 */
@NullMarked
package io.jvs.lab.network;

import org.jspecify.annotations.NullMarked;
