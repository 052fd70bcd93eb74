/** Health checks by ICMP echo over unprivileged ping sockets. */
@NullMarked
package io.jvs.checks.icmp;

import org.jspecify.annotations.NullMarked;
