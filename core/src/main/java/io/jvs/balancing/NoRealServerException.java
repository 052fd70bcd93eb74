package io.jvs.balancing;

/** A call found no real server; {@link #refused()} has the reason of each. */
public final class NoRealServerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Refused refused;

  /** For those who admit flows themselves and have no better way to say it. */
  public NoRealServerException(Refused refused) {
    super(refused.toString());
    this.refused = refused;
  }

  public Refused refused() {
    return refused;
  }
}
