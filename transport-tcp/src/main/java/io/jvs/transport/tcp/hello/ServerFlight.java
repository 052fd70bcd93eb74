package io.jvs.transport.tcp.hello;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * Reads along what a TLS server answers to a hello, as far as it is in the clear, and tells by
 * which sessions the client may come back to it:
 *
 * <ul>
 *   <li>up to TLS 1.2, the session id of its ServerHello (RFC 5246 section 7.4.1.3), and the ticket
 *       that it issues before it begins to encrypt (RFC 5077 section 3.3);
 *   <li>from TLS 1.3 on, where tickets are issued encrypted, only the one that the client has
 *       offered and the server has accepted (RFC 8446 section 4.2.11).
 * </ul>
 *
 * <p>Fed with bytes as they come; holds back one message of up to 16 KiB. Anything that is not as
 * expected ends it.
 */
public final class ServerFlight {
  /** Certificate chains are of some KiB; who sends so much in the clear is no TLS server. */
  private static final int MOST = 128 * 1024;

  private static final int LONGEST_MESSAGE = 16 * 1024;
  private static final int MAX_CIPHERTEXT = TlsRecords.MAX_PLAINTEXT + 256;
  private static final int SERVER_HELLO = 2;
  private static final int NEW_SESSION_TICKET = 4;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int TLS_1_3 = 0x0304;

  /** The random of a ServerHello that asks for another hello (RFC 8446 section 4.1.3). */
  private static final byte[] RETRY =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  private final ClientHello offered;
  private final Consumer<String> learns;
  private final ByteBuffer record = ByteBuffer.allocate(TlsRecords.HEADER);
  private final ByteBuffer message = ByteBuffer.allocate(TlsRecords.MESSAGE_HEADER);
  private ByteBuffer body = ByteBuffer.allocate(0); // what is held back of the message
  private int recordLeft;
  private int messageLeft = -1; // -1: its header is not complete
  private int total;
  private boolean retried;
  private boolean skips; // this record
  private boolean done;

  /**
   * Before the first byte of the server.
   *
   * @param learns gets a name for each session that the server will know, as {@link
   *     ClientHello#session} has it
   */
  public ServerFlight(ClientHello offered, Consumer<String> learns) {
    this.offered = offered;
    this.learns = learns;
  }

  /** Whether there is nothing to learn any more. */
  public boolean isDone() {
    return done;
  }

  /** The next bytes of the server, all of which are taken. */
  public void read(ByteBuffer bytes) {
    total += bytes.remaining();
    try {
      while (!done && bytes.hasRemaining()) {
        if (recordLeft == 0) {
          record.put(bytes.get());
          if (!record.hasRemaining()) {
            beginRecord();
          }
        } else {
          int length = Math.min(recordLeft, bytes.remaining());
          recordLeft -= length;
          ByteBuffer payload = Vector.bytes(bytes, length);
          if (!skips) {
            readHandshake(payload);
          }
        }
      }
    } catch (BufferUnderflowException e) { // lengths that lead out of a message
      done = true;
    }
    done |= total > MOST;
  }

  private void beginRecord() {
    int type = record.get(0);
    recordLeft = Short.toUnsignedInt(record.getShort(3));
    record.clear();
    // After a retry it stands for nothing; else what follows is encrypted.
    skips = type == TlsRecords.CHANGE_CIPHER_SPEC && retried;
    done =
        (type != TlsRecords.HANDSHAKE && !skips)
            || record.get(1) != 3
            || recordLeft > MAX_CIPHERTEXT;
  }

  private void readHandshake(ByteBuffer payload) {
    while (!done && payload.hasRemaining()) {
      if (messageLeft < 0) {
        message.put(payload.get());
        if (!message.hasRemaining()) {
          beginMessage();
        }
      } else {
        ByteBuffer part = Vector.bytes(payload, Math.min(messageLeft, payload.remaining()));
        messageLeft -= part.remaining();
        if (body.remaining() >= part.remaining()) {
          body.put(part);
        }
      }
      if (messageLeft == 0) {
        endMessage();
      }
    }
  }

  private void beginMessage() {
    messageLeft = message.getInt(0) & 0xFF_FFFF;
    message.clear();
    int type = message.get(0);
    boolean wanted = type == SERVER_HELLO || type == NEW_SESSION_TICKET;
    body = ByteBuffer.allocate(wanted && messageLeft <= LONGEST_MESSAGE ? messageLeft : 0);
  }

  private void endMessage() {
    messageLeft = -1;
    if (body.capacity() == 0) {
      return;
    }
    body.flip();
    if (message.get(0) == SERVER_HELLO) {
      readServerHello(body);
    } else {
      Vector.bytes(body, 4); // how long it lives
      learn(Vector.take(body, 2));
    }
  }

  private void readServerHello(ByteBuffer hello) {
    Vector.bytes(hello, 2);
    boolean retry = Arrays.equals(Vector.copy(Vector.bytes(hello, RETRY.length)), RETRY);
    ByteBuffer sessionId = Vector.take(hello, 1);
    Vector.bytes(hello, 3); // cipher suite, compression method
    boolean tls13 = false;
    boolean accepted = false;
    boolean ticketFollows = false;
    ByteBuffer extensions = hello.hasRemaining() ? Vector.take(hello, 2) : hello;
    while (extensions.hasRemaining()) {
      int type = Short.toUnsignedInt(extensions.getShort());
      ByteBuffer value = Vector.take(extensions, 2);
      switch (type) {
        case SUPPORTED_VERSIONS -> tls13 = value.getShort() >= TLS_1_3;
        case ClientHello.PRE_SHARED_KEY -> accepted = value.getShort() == 0; // the first one
        case ClientHello.SESSION_TICKET -> ticketFollows = true;
        default -> {}
      }
    }
    if (retry && !retried) {
      retried = true; // and the real one follows, after another hello of the client
    } else if (tls13) {
      if (accepted) {
        learn(ByteBuffer.wrap(offered.identity()));
      }
      done = true;
    } else {
      readOlder(sessionId, ticketFollows);
    }
  }

  private void readOlder(ByteBuffer sessionId, boolean ticketFollows) {
    boolean repeated = sessionId.equals(ByteBuffer.wrap(offered.sessionId()));
    if (sessionId.hasRemaining() && repeated && offered.ticket().length > 0) {
      // The client has made up the id, to see by the server's repeating it that it takes the
      // ticket.
      learn(ByteBuffer.wrap(offered.ticket()));
    } else if (!ticketFollows) {
      learn(sessionId);
    }
  }

  private void learn(ByteBuffer idOrTicket) {
    if (idOrTicket.hasRemaining()) {
      learns.accept(SessionName.of(Vector.copy(idOrTicket)));
    }
  }
}
