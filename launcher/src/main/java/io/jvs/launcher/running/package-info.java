/**
 * A director as a process: started from a file, reloaded and stopped by signals or by the control
 * channel.
 *
 * <p>Start reading at {@link io.jvs.launcher.running.DirectorProcess}.
 */
@NullMarked
package io.jvs.launcher.running;

import org.jspecify.annotations.NullMarked;
