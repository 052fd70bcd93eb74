/** Tells directors how much a real server can take: haproxy's agent-check, as a server. */
@NullMarked
package io.jvs.agent;

import org.jspecify.annotations.NullMarked;
