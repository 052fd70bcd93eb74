package io.jvs.scheduling;

/**
 * The hash of {@code mh}: SipHash-1-3 of four bytes, which is SipHash (Aumasson and Bernstein 2012)
 * with one round for each block and three at the end: hsiphash_1u32 of the kernel's lib/siphash.c
 * on a 64-bit machine. A 32-bit one takes another hash.
 */
final class MaglevHash {
  /** The key for offsets and for clients: hash1 of ip_vs_mh.c. */
  static final long FIRST_KEY = 2_654_435_761L;

  /** The key for skips: hash2 of ip_vs_mh.c. */
  static final long SECOND_KEY = 2_654_446_892L;

  private MaglevHash() {}

  /** 32 bits of hash, unsigned; the 128-bit key is {@code key} twice. */
  static int hash(int value, long key) {
    long v0 = 0x736f6d6570736575L ^ key;
    long v1 = 0x646f72616e646f6dL ^ key;
    long v2 = 0x6c7967656e657261L ^ key;
    long v3 = 0x7465646279746573L ^ key;
    long block = (4L << 56) | (value & 0xFFFF_FFFFL); // four bytes and their number

    v3 ^= block;
    for (int round = 0; round < 4; round++) {
      if (round == 1) {
        v0 ^= block;
        v2 ^= 0xFF;
      }
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return (int) (v0 ^ v1 ^ v2 ^ v3);
  }
}
