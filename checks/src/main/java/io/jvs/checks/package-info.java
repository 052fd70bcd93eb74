/**
 * Health checks of protocols: TLS, dialogues, DNS, UDP, commands and files; HTTP and gRPC, which
 * need Netty, are in jvs-checks-http. Each is a record, so that a reload sees what has changed, and
 * an {@link io.jvs.health.ActiveCheck}.
 */
@NullMarked
package io.jvs.checks;

import org.jspecify.annotations.NullMarked;
