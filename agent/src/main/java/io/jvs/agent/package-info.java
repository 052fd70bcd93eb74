/**
 * Tells directors how much a real server can take: haproxy's agent-check, as a server.
 *
 * <p>Start reading at {@link io.jvs.agent.AgentServer}, which answers whatever it is given, and at
 * {@link io.jvs.agent.LoadMeter}, which measures what there is to answer.
 */
@NullMarked
package io.jvs.agent;

import org.jspecify.annotations.NullMarked;
