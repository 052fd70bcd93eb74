package io.jvs.transport;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What policies of one service have thrown. Policies are from outside, and whoever carries the
 * service serves others too: so the flow ends, and each cause is logged once, up to {@value
 * #CAUSES_TOLD}. Any thread.
 */
public final class PolicyFailures {
  private static final int CAUSES_TOLD = 20;

  private final Logger log;
  private final Set<String> causesTold = ConcurrentHashMap.newKeySet();

  /** Lines go there, as errors. */
  public PolicyFailures(Logger log) {
    this.log = log;
  }

  /**
   * One more.
   *
   * @param consequence such as {@code the client is reset}
   */
  public void met(String service, String consequence, Throwable failure) {
    if (causesTold.size() < CAUSES_TOLD && causesTold.add(cause(failure))) {
      log.log(
          Level.ERROR,
          service + ": its policy failed, so " + consequence + "; told once for this cause",
          failure);
    }
  }

  /** Where it was thrown, so that a message with changing details is one cause. */
  private static String cause(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
  }
}
