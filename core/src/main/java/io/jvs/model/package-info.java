/**
 * Definitions: what an operator or a program wants, as immutable data.
 *
 * <p>Start reading at {@link io.jvs.model.VirtualService}. Nothing here opens, resolves or starts
 * anything; every type is immutable and may be used by any thread. Wrong values are refused by the
 * constructor with an {@link IllegalArgumentException} that names the subject, the value, what was
 * expected and the way out; they are never corrected.
 */
@NullMarked
package io.jvs.model;

import org.jspecify.annotations.NullMarked;
