package io.jvs.transport.udp.quic;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * How a server id lies in a connection id: in the clear, or encrypted as
 * draft-ietf-quic-load-balancers says, where all but the first byte is a server id and a nonce of
 * the server's choice. If these have 16 bytes they are one block of AES, else a Feistel network of
 * four rounds, so that the ciphertext is no longer than the plaintext.
 *
 * <p>The first three bits of an id say by which of several such formats it was made (config
 * rotation); the other five of the first byte are the server's business.
 */
public final class ServerIdFormat {
  /** In place of the rotation bits: the format is for ids with any. */
  public static final int ANY = -1;

  private static final int BLOCK = 16; // bytes of AES

  private final int rotation;
  private final int offset;
  private final int serverLength;
  private final int length; // server id and nonce
  private final @Nullable SecretKeySpec key;

  private ServerIdFormat(
      int rotation, int offset, int serverLength, int nonceLength, @Nullable SecretKeySpec key) {
    this.rotation = rotation;
    this.offset = offset;
    this.serverLength = serverLength;
    this.length = serverLength + nonceLength;
    this.key = key;
  }

  /** In the clear: so many bytes from {@code offset} on. Ranges are the caller's business. */
  public static ServerIdFormat plain(int rotation, int offset, int serverLength) {
    return new ServerIdFormat(rotation, offset, serverLength, 0, null);
  }

  /** Encrypted with a key of 16 bytes. Ranges are the caller's business. */
  public static ServerIdFormat encrypted(
      int rotation, int serverLength, int nonceLength, byte[] key) {
    return new ServerIdFormat(
        rotation, 1, serverLength, nonceLength, new SecretKeySpec(key, "AES"));
  }

  /** The shortest connection id that has it all. */
  public int shortest() {
    return offset + length;
  }

  /**
   * The server id in a connection id of {@link #shortest} bytes or more.
   *
   * @return null if the id is shorter, or of another format
   */
  public byte @Nullable [] serverId(ConnectionId id) {
    if (id.length() < shortest() || (rotation != ANY && id.at(0) >> 5 != rotation)) {
      return null;
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) id.at(offset + i);
    }
    if (key == null) {
      return bytes;
    }
    try {
      return Arrays.copyOf(decrypted(bytes, key), serverLength);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has AES, and a block of it is never wrong", e);
    }
  }

  private byte[] decrypted(byte[] bytes, SecretKeySpec key) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/ECB/NoPadding"); // not for several threads
    if (length == BLOCK) {
      cipher.init(Cipher.DECRYPT_MODE, key);
      return cipher.doFinal(bytes);
    }
    cipher.init(Cipher.ENCRYPT_MODE, key); // each round of a Feistel network is its own inverse
    boolean odd = length % 2 == 1;
    int half = (length + 1) / 2;
    byte[] left = Arrays.copyOf(bytes, half);
    byte[] right = Arrays.copyOfRange(bytes, length - half, length);
    if (odd) { // they share the byte in the middle, four bits for each
      left[half - 1] &= (byte) 0xF0;
      right[0] &= 0x0F;
    }
    round(cipher, left, right, 4);
    trim(left, half - 1, 0xF0, odd);
    round(cipher, right, left, 3);
    trim(right, 0, 0x0F, odd);
    round(cipher, left, right, 2);
    trim(left, half - 1, 0xF0, odd);
    if (serverLength > length / 2) { // else it lies in the left half
      round(cipher, right, left, 1);
      trim(right, 0, 0x0F, odd);
    }
    byte[] plain = new byte[length];
    System.arraycopy(right, 0, plain, length - half, half);
    byte shared = odd ? plain[half - 1] : 0;
    System.arraycopy(left, 0, plain, 0, half);
    plain[half - 1] |= shared;
    return plain;
  }

  /** Changes one half by what the other encrypts to. */
  private void round(Cipher cipher, byte[] half, byte[] by, int pass)
      throws GeneralSecurityException {
    byte[] block = Arrays.copyOf(by, BLOCK);
    block[BLOCK - 2] = (byte) length;
    block[BLOCK - 1] = (byte) pass;
    byte[] stream = cipher.doFinal(block);
    for (int i = 0; i < half.length; i++) {
      half[i] ^= stream[i];
    }
  }

  private static void trim(byte[] half, int at, int kept, boolean odd) {
    if (odd) {
      half[at] &= (byte) kept;
    }
  }

  /**
   * The server id in a datagram for a server, by the id that its first packet has.
   *
   * @param datagram left as it is
   * @param header its long header, or null if it has none
   * @return null if there is none of this format
   */
  public byte @Nullable [] serverId(ByteBuffer datagram, @Nullable LongHeader header) {
    ConnectionId id =
        header != null ? header.destination() : ShortHeader.destination(datagram, shortest());
    return id == null ? null : serverId(id);
  }
}
