package io.jvs.launcher.running;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system, by {@code sun.misc.Signal}: the JDK's only way to hear SIGHUP,
 * supported for everybody (module jdk.unsupported) but without replacement. By reflection, because
 * javac warns of every mention of it and cannot be told not to.
 */
final class Signals {
  private Signals() {}

  /**
   * Calls the action whenever the signal comes, on a thread of the JVM's own.
   *
   * @param name such as {@code TERM}
   * @return false if this JVM or system does not let us hear it
   */
  static boolean on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                switch (method.getName()) {
                  case "handle" -> action.run();
                  case "hashCode" -> {
                    return System.identityHashCode(self);
                  }
                  case "equals" -> {
                    return self == arguments[0];
                  }
                  default -> {
                    return "handler of SIG" + name;
                  }
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      return true;
    } catch (InvocationTargetException e) {
      return false; // no such signal on this system, or the JVM runs with -Xrs
    } catch (ReflectiveOperationException e) {
      return false; // a run-time image without jdk.unsupported
    }
  }
}
