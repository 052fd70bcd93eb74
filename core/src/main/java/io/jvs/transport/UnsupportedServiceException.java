package io.jvs.transport;

/** A definition that no transport at hand can carry; says why, and the way out. */
public final class UnsupportedServiceException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  public UnsupportedServiceException(String message) {
    super(message);
  }
}
