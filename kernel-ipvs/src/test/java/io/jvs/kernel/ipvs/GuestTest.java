package io.jvs.kernel.ipvs;

import io.jvs.lab.LabTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs what needs a kernel with IPVS. */
class GuestTest {
  @TestFactory
  Stream<DynamicTest> in_the_lab() {
    return LabTests.inPackageOf(GuestTest.class).run();
  }
}
