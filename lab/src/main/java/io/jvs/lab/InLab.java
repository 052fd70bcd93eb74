package io.jvs.lab;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test class or method that runs inside a guest of the lab only: as root, with IPVS, alone in its
 * network. {@link LabTests} brings it there. Outside it is disabled; the build does not even list
 * it, since it leaves out the tag {@value #TAG}.
 *
 * <p>All such tests of a module may share one guest, one after the other: each removes what it made
 * ({@code ipvsadm -C}, {@link Topology#close}). A property of jqwik needs jqwik's own tag {@value
 * #TAG} in place of this annotation.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Tag(InLab.TAG)
@ExtendWith(InsideCondition.class)
public @interface InLab {
  /** JUnit's tag of these tests. */
  String TAG = "lab";
}
