/**
 * What clients say first: TLS hellos and RDP connection requests, read as far as persistence needs
 * them, and what servers answer to the former.
 *
 * <p>Start reading at {@link io.jvs.transport.tcp.hello.Hello}. Bytes in, findings out: no socket,
 * no thread. Nothing is decrypted and nothing is checked that the server checks. Not exported.
 */
@NullMarked
package io.jvs.transport.tcp.hello;

import org.jspecify.annotations.NullMarked;
