/**
 * Health checks of protocols: TLS, HTTP, gRPC, dialogues, DNS, UDP, commands and files. Each is a
 * record, so that a reload sees what has changed, and an {@link io.jvs.health.ActiveCheck}.
 */
@NullMarked
package io.jvs.checks;

import org.jspecify.annotations.NullMarked;
