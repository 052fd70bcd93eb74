package io.jvs.transport.tcp.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a TLS client (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). Of an
 * encrypted one (ECH) the outer part is read, whose name is that of the client-facing server.
 * Values and extensions that nobody knows (GREASE, RFC 8701) are passed over.
 */
public final class ClientHello implements Hello {
  private static final int CLIENT_HELLO = 1;
  private static final int RANDOM = 2 + 32; // and the version before it

  static final int SERVER_NAME = 0;
  static final int SESSION_TICKET = 35;
  static final int PRE_SHARED_KEY = 41;

  private static final byte HOST_NAME = 0;
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]{1,253}");

  private @Nullable String host;
  private byte[] sessionId = {};
  private byte[] ticket = {};
  private byte[] identity = {};

  private ClientHello() {}

  static Hello read(ByteBuffer bytes) {
    TlsRecords records = TlsRecords.read(bytes, CLIENT_HELLO);
    ByteBuffer message = records.message();
    if (message == null) {
      return records.isHopeless() ? Other.INSTANCE : Incomplete.INSTANCE;
    }
    try {
      ClientHello hello = new ClientHello();
      hello.readMessage(message);
      return hello;
    } catch (BufferUnderflowException e) { // lengths that lead out of the message
      return Other.INSTANCE;
    }
  }

  /** The host name that it asks for, in lower case, or null if there is none, or no good one. */
  public @Nullable String host() {
    return host;
  }

  /**
   * A name for the session that it would like to resume, or null if there is none. It may be one
   * that never was: clients of TLS 1.3 make up session ids (RFC 8446, appendix D.4).
   */
  public @Nullable String session() {
    if (identity.length > 0) {
      return SessionName.of(identity);
    }
    if (ticket.length > 0) {
      return SessionName.of(ticket);
    }
    return sessionId.length > 0 ? SessionName.of(sessionId) : null;
  }

  byte[] sessionId() {
    return sessionId;
  }

  /** RFC 5077, up to TLS 1.2; empty for none. */
  byte[] ticket() {
    return ticket;
  }

  /** The first identity of a pre-shared key, from TLS 1.3 on; empty for none. */
  byte[] identity() {
    return identity;
  }

  private void readMessage(ByteBuffer message) {
    Vector.bytes(message, RANDOM);
    sessionId = Vector.copy(Vector.take(message, 1));
    Vector.take(message, 2); // cipher suites
    Vector.take(message, 1); // compression methods
    if (!message.hasRemaining()) {
      return; // before there were extensions
    }
    ByteBuffer extensions = Vector.take(message, 2);
    while (extensions.hasRemaining()) {
      int type = Short.toUnsignedInt(extensions.getShort());
      ByteBuffer body = Vector.take(extensions, 2);
      switch (type) {
        case SERVER_NAME -> host = host(body);
        case SESSION_TICKET -> ticket = Vector.copy(body);
        case PRE_SHARED_KEY -> identity = Vector.copy(Vector.take(Vector.take(body, 2), 2));
        default -> {}
      }
    }
  }

  /** RFC 6066 section 3. */
  private static @Nullable String host(ByteBuffer body) {
    ByteBuffer names = Vector.take(body, 2);
    while (names.hasRemaining()) {
      byte type = names.get();
      ByteBuffer name = Vector.take(names, 2);
      if (type == HOST_NAME) {
        String text = StandardCharsets.ISO_8859_1.decode(name).toString();
        return HOST.matcher(text).matches() ? text.toLowerCase(Locale.ROOT) : null;
      }
    }
    return null;
  }
}
