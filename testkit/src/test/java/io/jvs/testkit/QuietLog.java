package io.jvs.testkit;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** No log while a class of tests makes thousands of changes on purpose. */
final class QuietLog implements BeforeAllCallback, AfterAllCallback {
  private static final Logger JVS = Logger.getLogger("io.jvs"); // held, or its level is forgotten

  @Override
  public void beforeAll(ExtensionContext context) {
    JVS.setLevel(Level.OFF);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    JVS.setLevel(null); // as the parent's
  }
}
