package io.jvs.transport.tcp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A promise that every engine keeps. */
@ParameterizedTest
@EnumSource(
    value = TcpEngine.class,
    names = {"EPOLL", "IO_URING", "NIO"})
@ExtendWith(Engines.Permitted.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Engines {
  /** Skips what this machine forbids, as containers do with io_uring. */
  final class Permitted implements InvocationInterceptor {
    @Override
    public void interceptTestTemplateMethod(
        Invocation<Void> invocation,
        ReflectiveInvocationContext<Method> context,
        ExtensionContext test)
        throws Throwable {
      if (context.getArguments().contains(TcpEngine.IO_URING)) {
        assumeIoUring();
      }
      invocation.proceed();
    }

    static void assumeIoUring() {
      Throwable obstacle = IoUringEngine.obstacle();
      assumeTrue(obstacle == null, () -> "no io_uring here: " + obstacle);
    }
  }
}
