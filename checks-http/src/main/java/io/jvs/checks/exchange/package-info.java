/**
 * One question to a server and its answer, over a connection of its own: what the checks of this
 * module share. Not for users. Start reading at {@link io.jvs.checks.exchange.HttpExchange}.
 */
@NullMarked
package io.jvs.checks.exchange;

import org.jspecify.annotations.NullMarked;
