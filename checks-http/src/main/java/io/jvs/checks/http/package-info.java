/** Checks over HTTP. Start reading at {@link io.jvs.checks.http.HttpCheck}. */
@NullMarked
package io.jvs.checks.http;

import org.jspecify.annotations.NullMarked;
