package io.jvs.transport.udp;

import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;

/** Connection ids that say their server, as docs/quic.md tells people to make them. */
final class RoutableIds implements QuicConnectionIdGenerator {
  private final int rotation;
  private final byte[] serverId;
  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param serverId 3 bytes; the nonce behind it has 13
   */
  RoutableIds(int rotation, byte[] serverId, byte[] key) {
    this.rotation = rotation;
    this.serverId = serverId.clone();
    this.key = new SecretKeySpec(key, "AES");
  }

  @Override
  public ByteBuffer newId(int length) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    id[0] = (byte) ((rotation << 5) | (id[0] & 0x1F));
    System.arraycopy(serverId, 0, id, 1, serverId.length);
    try {
      Cipher aes = Cipher.getInstance("AES/ECB/NoPadding");
      aes.init(Cipher.ENCRYPT_MODE, key);
      aes.doFinal(id, 1, 16, id, 1);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return ByteBuffer.wrap(id);
  }

  @Override
  public ByteBuffer newId(ByteBuffer input, int length) {
    return newId(length);
  }

  @Override
  public int maxConnectionIdLength() {
    return 20;
  }

  @Override
  public boolean isIdempotent() {
    return false;
  }
}
