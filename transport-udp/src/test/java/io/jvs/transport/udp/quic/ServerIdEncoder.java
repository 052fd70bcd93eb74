package io.jvs.transport.udp.quic;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a server does that wants to be found by its connection ids: the encoding half of
 * draft-ietf-quic-load-balancers, written from its text and apart from the decoder.
 */
public final class ServerIdEncoder {
  private final int rotation;
  private final byte @Nullable [] key;

  /**
   * @param key 16 bytes, or null to leave server ids in the clear
   */
  public ServerIdEncoder(int rotation, byte @Nullable [] key) {
    this.rotation = rotation;
    this.key = key == null ? null : key.clone();
  }

  /** A connection id whose first byte says its length too, as the draft's examples have it. */
  public byte[] encode(byte[] serverId, byte[] nonce) {
    byte[] plain = Arrays.copyOf(serverId, serverId.length + nonce.length);
    System.arraycopy(nonce, 0, plain, serverId.length, nonce.length);
    byte[] id = new byte[1 + plain.length];
    id[0] = (byte) ((rotation << 5) | plain.length);
    System.arraycopy(key == null ? plain : encrypted(plain, key), 0, id, 1, plain.length);
    return id;
  }

  private static byte[] encrypted(byte[] plain, byte[] key) {
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"));
      return plain.length == 16 ? aes.doFinal(plain) : fourPasses(aes, plain);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** In half bytes, where halves of an odd number of bytes are as easy as others. */
  private static byte[] fourPasses(Cipher aes, byte[] plain) throws GeneralSecurityException {
    int[] nibbles = new int[2 * plain.length];
    for (int i = 0; i < nibbles.length; i++) {
      nibbles[i] = (plain[i / 2] >> (i % 2 == 0 ? 4 : 0)) & 0xF;
    }
    int[] left = Arrays.copyOf(nibbles, plain.length);
    int[] right = Arrays.copyOfRange(nibbles, plain.length, nibbles.length);
    for (int pass = 1; pass <= 4; pass++) {
      int[] from = pass % 2 == 1 ? left : right;
      int[] to = pass % 2 == 1 ? right : left;
      byte[] block = new byte[16];
      block[14] = (byte) plain.length;
      block[15] = (byte) pass;
      int skippedFrom = from == right ? plain.length % 2 : 0; // a half byte of zeros in front
      for (int i = 0; i < from.length; i++) {
        int at = i + skippedFrom;
        block[at / 2] |= (byte) (from[i] << (at % 2 == 0 ? 4 : 0));
      }
      byte[] stream = aes.doFinal(block);
      int skippedTo = to == right ? plain.length % 2 : 0;
      for (int i = 0; i < to.length; i++) {
        int at = i + skippedTo;
        to[i] ^= (stream[at / 2] >> (at % 2 == 0 ? 4 : 0)) & 0xF;
      }
    }
    byte[] cipher = new byte[plain.length];
    for (int i = 0; i < nibbles.length; i++) {
      int nibble = i < plain.length ? left[i] : right[i - plain.length];
      cipher[i / 2] |= (byte) (nibble << (i % 2 == 0 ? 4 : 0));
    }
    return cipher;
  }
}
