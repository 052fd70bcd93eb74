/** Checks without a connection: the value of a file, and verdicts that are fixed. */
@NullMarked
package io.jvs.checks.file;

import org.jspecify.annotations.NullMarked;
