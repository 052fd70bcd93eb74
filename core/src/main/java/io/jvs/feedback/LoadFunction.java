package io.jvs.feedback;

import io.jvs.model.RealServer;
import java.util.function.ToDoubleFunction;

/**
 * A measure in this process. Equal to another if it has the same name and the same function object,
 * so keep the object over a reload.
 *
 * @param name for messages, such as {@code queue length}
 * @param function may block; tells 0 or more, or NaN for unknown
 */
public record LoadFunction(String name, ToDoubleFunction<RealServer> function)
    implements LoadMeasure {
  @Override
  public double measure(RealServer server) {
    return function.applyAsDouble(server);
  }

  @Override
  public String kind() {
    return "function";
  }

  @Override
  public String toString() {
    return name;
  }
}
