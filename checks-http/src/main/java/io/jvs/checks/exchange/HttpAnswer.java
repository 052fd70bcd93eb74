package io.jvs.checks.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What came.
 *
 * @param body as much of it as was wanted
 * @param whole whether that is all of it
 * @param warning about the server's certificate, or null
 */
@SuppressWarnings("ArrayRecordComponent") // not compared, and not changed by anybody
public record HttpAnswer(
    int status,
    HttpHeaders headers,
    HttpHeaders trailers,
    byte[] body,
    boolean whole,
    @Nullable String warning) {
  HttpAnswer warning(@Nullable String newWarning) {
    return new HttpAnswer(status, headers, trailers, body, whole, newWarning);
  }
}
