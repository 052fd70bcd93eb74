/** Health checks of protocols: TLS, HTTP, gRPC, dialogues, DNS, UDP, commands and files. */
@NullMarked
package io.jvs.checks;

import org.jspecify.annotations.NullMarked;
