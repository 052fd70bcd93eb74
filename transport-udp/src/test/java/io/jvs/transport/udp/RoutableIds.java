package io.jvs.transport.udp;

import io.jvs.transport.udp.quic.ServerIdEncoder;
import io.netty.handler.codec.quic.QuicConnectionIdGenerator;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** Connection ids with a server id, as draft-ietf-quic-load-balancers wants them. */
final class RoutableIds implements QuicConnectionIdGenerator {
  private final ServerIdEncoder encoder;
  private final byte[] serverId;
  private final int nonce;
  private final SecureRandom random = new SecureRandom();

  RoutableIds(ServerIdEncoder encoder, byte[] serverId, int nonce) {
    this.encoder = encoder;
    this.serverId = serverId.clone();
    this.nonce = nonce;
  }

  @Override
  public ByteBuffer newId(int length) {
    byte[] chosen = new byte[nonce];
    random.nextBytes(chosen);
    byte[] id = encoder.encode(serverId, chosen);
    byte[] whole = new byte[length]; // what is behind is the server's own
    random.nextBytes(whole);
    System.arraycopy(id, 0, whole, 0, id.length);
    return ByteBuffer.wrap(whole);
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
