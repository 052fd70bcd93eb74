package io.jvs.kernel.doctor;

import io.jvs.lab.LabTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs what needs a director's host. */
class GuestTest {
  @TestFactory
  Stream<DynamicTest> in_the_lab() {
    return LabTests.inPackageOf(GuestTest.class).run();
  }
}
