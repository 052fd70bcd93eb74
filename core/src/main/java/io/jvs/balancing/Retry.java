package io.jvs.balancing;

/** Which failed calls may be made again on another server. */
public enum Retry {
  /** Only those that no server has seen. Right for everything. */
  NEVER_SENT {
    @Override
    boolean permits(Failure failure) {
      return failure == Failure.NEVER_SENT;
    }
  },
  /** Also those that a server may have processed: for calls that may safely happen twice. */
  IDEMPOTENT {
    @Override
    boolean permits(Failure failure) {
      return failure != Failure.ANSWERED;
    }
  };

  abstract boolean permits(Failure failure);
}
