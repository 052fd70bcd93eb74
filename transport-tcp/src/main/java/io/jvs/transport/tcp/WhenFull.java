package io.jvs.transport.tcp;

/** What new clients meet when a transport has as many connections as it may have. */
public enum WhenFull {
  /** They are accepted and reset at once, so that they learn it early and may go elsewhere. */
  REFUSE,
  /** They wait in the listening backlog until another connection ends, or until they give up. */
  WAIT
}
