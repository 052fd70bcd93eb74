/**
 * The command {@code jvs}: a director of its own, from a file.
 *
 * <p>Start reading at {@link io.jvs.launcher.Main}; each command is a class. What a command answers
 * goes to standard output, logs and errors go to standard error.
 */
@NullMarked
package io.jvs.launcher;

import org.jspecify.annotations.NullMarked;
