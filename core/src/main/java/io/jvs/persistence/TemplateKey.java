package io.jvs.persistence;

import org.jspecify.annotations.Nullable;

/** Masked client and, where a service has several, its destination; or an application's key. */
record TemplateKey(
    long clientHigh,
    long clientLow,
    long destinationHigh,
    long destinationLow,
    boolean ipv6,
    @Nullable Object key) {

  /** Addresses differ in few low bits, so they are stirred before the table folds them. */
  @Override
  public int hashCode() {
    long mixed = clientLow * 0x9E37_79B9_7F4A_7C15L + clientHigh;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8_FEB8_6659_FD93L;
    mixed += destinationLow + 31 * destinationHigh + (key == null ? 0 : key.hashCode());
    return (int) (mixed ^ mixed >>> 32);
  }
}
