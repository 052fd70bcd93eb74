/**
 * Checks by other programs. Start at {@link io.jvs.checks.command.CommandCheck}. A running program
 * occupies none of the attempt's threads.
 */
@NullMarked
package io.jvs.checks.command;

import org.jspecify.annotations.NullMarked;
