/**
 * TLS as checks speak it. Start reading at {@link io.jvs.checks.tls.TlsSettings}, what is declared;
 * {@link io.jvs.checks.tls.TlsChannel} is a connection that turns to TLS, {@link
 * io.jvs.checks.tls.TlsReasons} tells people why it did not.
 */
@NullMarked
package io.jvs.checks.tls;

import org.jspecify.annotations.NullMarked;
