package io.jvs.kernel.ipvs;

import io.jvs.lab.LabTests;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Takes the tests of the transport to a real kernel. */
class TransportGuestTest {
  @TestFactory
  Stream<DynamicTest> in_the_lab() {
    return LabTests.of(
            SameChoicesLabTest.class,
            DefinitionsLabTest.class,
            TransportLabTest.class,
            SyncLabTest.class)
        .run();
  }
}
