package io.jvs.checks.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The two messages of grpc.health.v1 in protobuf's wire format, with gRPC's frame around each: one
 * string and one enum, not worth a compiler and a runtime.
 */
final class HealthMessages {
  private static final int FRAME = 5;
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED_32 = 5;

  private final byte[] bytes;
  private int at;

  private HealthMessages(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /** HealthCheckRequest: {@code string service = 1}. */
  static byte[] request(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    if (name.length > 0) { // the default is left out
      message.write(1 << 3 | LENGTH);
      for (int rest = name.length; rest > 0; rest >>>= 7) {
        message.write(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
      }
      message.writeBytes(name);
    }
    int length = message.size();
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0); // not compressed
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(length >>> shift);
    }
    frame.writeBytes(message.toByteArray());
    return frame.toByteArray();
  }

  /**
   * HealthCheckResponse: {@code ServingStatus status = 1}; 0 if it is left out.
   *
   * @param body one message in its frame
   * @throws IOException if it is anything else; the message says what
   */
  static int status(byte[] body) throws IOException {
    if (body.length < FRAME) {
      throw new IOException(body.length + " bytes (expected: a frame of 5 and a message)");
    }
    if (body[0] != 0) {
      throw new IOException("a compressed message, which was not asked for");
    }
    long length =
        (body[1] & 0xffL) << 24 | (body[2] & 0xff) << 16 | (body[3] & 0xff) << 8 | (body[4] & 0xff);
    if (length != body.length - FRAME) {
      throw new IOException(
          "a message of " + length + " bytes in a body of " + (body.length - FRAME));
    }
    return new HealthMessages(body, FRAME).status();
  }

  private int status() throws IOException {
    int status = 0;
    while (at < bytes.length) {
      long tag = varint();
      if (tag == (1 << 3 | VARINT)) {
        status = (int) varint(); // the last of several counts
      } else if (tag >>> 3 == 0) {
        throw new IOException("a field with number 0");
      } else {
        skip((int) (tag & 7));
      }
    }
    return status;
  }

  private void skip(int type) throws IOException {
    switch (type) {
      case VARINT -> {
        var unused = varint();
      }
      case FIXED_64 -> skipBytes(8);
      case LENGTH -> skipBytes(varint());
      case FIXED_32 -> skipBytes(4);
      default -> throw new IOException("a field of type " + type);
    }
  }

  private void skipBytes(long count) throws IOException {
    if (count < 0 || count > bytes.length - at) {
      throw new IOException("a field that is longer than the message");
    }
    at += (int) count;
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == bytes.length) {
        throw new IOException("a message that ends within a number");
      }
      byte next = bytes[at++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("a number of more than 10 bytes");
  }
}
