package io.jvs.feedback;

import io.jvs.model.LoadSource;
import io.jvs.model.RealServer;

/**
 * A source that can be asked. Asked for one server after the other, by a thread that may wait; by
 * several at once if several services share it. An exception is an unknown value.
 */
public interface LoadMeasure extends LoadSource {
  /** What the server's load or weight is now, 0 or more; {@link Double#NaN} if it is not known. */
  double measure(RealServer server) throws Exception;
}
