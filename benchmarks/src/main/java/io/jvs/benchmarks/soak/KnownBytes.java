package io.jvs.benchmarks.soak;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What clients and servers say to each other: a question is its length, the length of the answer
 * and a seed, then bytes; the answer is bytes. Every byte follows from seed and place, so that one
 * that is lost, doubled or another's is noticed.
 */
final class KnownBytes {
  private static final int BLOCK = 16 * 1024;
  private static final int PERIOD = 251; // a prime, so that blocks that change places do not fit
  private static final byte[] BYTES = new byte[BLOCK + PERIOD];

  static {
    for (int i = 0; i < BYTES.length; i++) {
      BYTES[i] = (byte) (i % PERIOD);
    }
  }

  private KnownBytes() {}

  static void ask(DataOutputStream out, int question, int answer, int seed) throws IOException {
    out.writeInt(question);
    out.writeInt(answer);
    out.writeInt(seed);
    write(out, question, seed);
    out.flush();
  }

  static void write(OutputStream out, int bytes, int seed) throws IOException {
    for (int at = 0; at < bytes; at += BLOCK) {
      out.write(BYTES, start(seed, at), Math.min(BLOCK, bytes - at));
    }
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @throws IOException if it is anything else
   */
  static void check(DataInputStream in, int bytes, int seed, byte[] buffer, Runnable afterBlock)
      throws IOException {
    for (int at = 0; at < bytes; at += BLOCK) {
      int length = Math.min(BLOCK, bytes - at);
      in.readFully(buffer, 0, length);
      int start = start(seed, at);
      if (!java.util.Arrays.equals(buffer, 0, length, BYTES, start, start + length)) {
        throw new IOException("wrong bytes after " + at + " of " + bytes);
      }
      afterBlock.run();
    }
  }

  static byte[] buffer() {
    return new byte[BLOCK];
  }

  private static int start(int seed, int at) {
    return Math.floorMod(seed + at, PERIOD);
  }
}
