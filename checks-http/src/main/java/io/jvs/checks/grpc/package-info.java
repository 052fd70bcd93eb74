/** The check of gRPC's health protocol. */
@NullMarked
package io.jvs.checks.grpc;

import org.jspecify.annotations.NullMarked;
