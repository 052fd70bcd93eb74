package io.jvs.transport.tcp.hello;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** First messages: those of the JDK's TLS, and some that we put together ourselves. */
final class Hellos {
  private Hellos() {}

  /** What the JDK's client sends first. */
  static byte[] ofJdk(@Nullable String host, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, null, null);
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(protocols);
    if (host != null) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setServerNames(List.of(new SNIHostName(host)));
      engine.setSSLParameters(parameters);
    }
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /** A hello with these extensions, each with its header. */
  static byte[] message(byte[] sessionId, byte[]... extensions) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 3});
    body.writeBytes(new byte[32]);
    body.write(sessionId.length);
    body.writeBytes(sessionId);
    body.writeBytes(new byte[] {0, 4, 0x1a, 0x1a, 0x13, 1, 1, 0}); // with a value of GREASE
    body.writeBytes(vector(2, join(extensions)));
    return join(new byte[] {1}, vector(3, body.toByteArray()));
  }

  static byte[] extension(int type, byte[] body) {
    return join(new byte[] {(byte) (type >> 8), (byte) type}, vector(2, body));
  }

  static byte[] serverName(String name) {
    byte[] host = name.getBytes(StandardCharsets.ISO_8859_1);
    return extension(0, vector(2, join(new byte[] {0}, vector(2, host))));
  }

  /** Two identities, of which the first is this one. */
  static byte[] preSharedKey(byte[] identity) {
    byte[] identities = join(vector(2, identity), new byte[4], vector(2, new byte[3]), new byte[4]);
    return extension(41, join(vector(2, identities), vector(2, vector(1, new byte[32]))));
  }

  static byte[] serverHello(byte[] sessionId, byte[]... extensions) {
    return helloOf(new byte[32], sessionId, extensions);
  }

  /** One that asks for another hello of the client (RFC 8446 section 4.1.3). */
  static byte[] helloRetryRequest(byte[] sessionId, byte[]... extensions) {
    String random = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";
    return helloOf(HexFormat.of().parseHex(random), sessionId, extensions);
  }

  private static byte[] helloOf(byte[] random, byte[] sessionId, byte[]... extensions) {
    byte[] body =
        join(
            new byte[] {3, 3},
            random,
            vector(1, sessionId),
            new byte[] {0x13, 1, 0},
            vector(2, join(extensions)));
    return join(new byte[] {2}, vector(3, body));
  }

  static byte[] newSessionTicket(byte[] ticket) {
    return join(new byte[] {4}, vector(3, join(new byte[4], vector(2, ticket))));
  }

  /** Cut into records of so many bytes. */
  static byte[] records(byte[] message, int atMost) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += atMost) {
      int length = Math.min(atMost, message.length - at);
      out.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
      out.write(message, at, length);
    }
    return out.toByteArray();
  }

  static byte[] rdp(String rest) {
    byte[] end = rest.getBytes(StandardCharsets.ISO_8859_1);
    int length = 11 + end.length;
    return join(
        new byte[] {3, 0, (byte) (length >> 8), (byte) length, (byte) (length - 5)},
        new byte[] {(byte) 0xE0, 0, 0, 0, 0, 0},
        end);
  }

  static byte[] vector(int lengthBytes, byte[] body) {
    byte[] length = new byte[lengthBytes];
    for (int i = 0; i < lengthBytes; i++) {
      length[i] = (byte) (body.length >> (8 * (lengthBytes - 1 - i)));
    }
    return join(length, body);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
