package io.jvs.checks.exchange;

import io.jvs.checks.tls.TlsSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked.
 *
 * @param http2 by ALPN under TLS, with prior knowledge without (RFC 9113 section 3.3)
 * @param tls how, or null for none
 * @param authority what stands in the Host header or {@code :authority}
 * @param headers in addition to that one
 * @param body perhaps empty
 * @param maxBody how many bytes of the answer's body are wanted; 0 gives no body, and does not wait
 *     for it
 */
@SuppressWarnings("ArrayRecordComponent") // not compared, and not changed by anybody
public record HttpQuestion(
    boolean http2,
    @Nullable TlsSettings tls,
    String method,
    String path,
    String authority,
    Map<String, String> headers,
    byte[] body,
    int maxBody) {}
