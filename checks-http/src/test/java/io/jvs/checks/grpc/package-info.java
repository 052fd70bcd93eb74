/** Tests of the checks over grpc. */
@NullMarked
package io.jvs.checks.grpc;

import org.jspecify.annotations.NullMarked;
