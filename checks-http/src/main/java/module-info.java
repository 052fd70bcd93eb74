import org.jspecify.annotations.NullMarked;

/** Health checks over HTTP/1.1, HTTP/2 and gRPC. */
@NullMarked
module io.jvs.checks.http {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires transitive io.jvs.checks;
  requires com.fasterxml.jackson.databind;
  requires io.netty.buffer;
  requires io.netty.codec;
  requires io.netty.codec.http;
  requires io.netty.codec.http2;
  requires io.netty.common;
  requires io.netty.handler;
  requires io.netty.transport;

  exports io.jvs.checks.http;
  exports io.jvs.checks.grpc;
}
