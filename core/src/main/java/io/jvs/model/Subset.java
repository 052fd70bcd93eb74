package io.jvs.model;

/**
 * Of a big pool of real servers only some are used by one client, such as one of a thousand
 * processes that all call the same 10,000 servers: each then keeps connections, checks and counts
 * for a few. Which ones is decided by the addresses and the client's id alone, so it is the same
 * after a restart and in any order of the list.
 *
 * @param clientId who asks, different for each client, such as a host name with a process number; 1
 *     to 255 characters
 * @param size how many servers to use, 1 or more; a pool that is not larger is used as a whole.
 *     Quiesced and dead servers keep their places, so plan for some to be out
 */
public record Subset(String clientId, int size) {
  public Subset {
    if (clientId.isBlank() || clientId.length() > 255) {
      throw new IllegalArgumentException(
          "subset: client id '"
              + clientId
              + "' (expected: 1 to 255 characters, different for each client, such as its host"
              + " name)");
    }
    if (size < 1) {
      throw new IllegalArgumentException(
          "subset: size " + size + " (expected: 1 or more; leave the subset out to use all)");
    }
  }

  /** {@code subset of 20 for client-7}. */
  @Override
  public String toString() {
    return "subset of " + size + " for " + clientId;
  }
}
