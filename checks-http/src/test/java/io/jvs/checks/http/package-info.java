/** Tests of the checks over http. */
@NullMarked
package io.jvs.checks.http;

import org.jspecify.annotations.NullMarked;
