package io.jvs.launcher.running;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.ContextInitializer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class LogSetupTest {
  private final LoggerContext logback = new LoggerContext();

  @Test
  void logback_finds_it_as_a_service() throws Exception {
    new ContextInitializer(logback).autoConfig();

    var root = logback.getLogger("ROOT");
    assertThat(root.getAppender("stderr")).isNotNull();
    assertThat(root.getLevel()).isEqualTo(Level.INFO);
    assertThat(logback.getLogger("io.netty.channel").getEffectiveLevel()).isEqualTo(Level.WARN);
  }

  @Test
  void a_file_of_the_users_takes_its_place(@TempDir Path directory) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("own.xml"), "<configuration><root level=\"ERROR\"/></configuration>");
    System.setProperty(ClassicConstants.CONFIG_FILE_PROPERTY, file.toString());
    try {
      new ContextInitializer(logback).autoConfig();
    } finally {
      System.clearProperty(ClassicConstants.CONFIG_FILE_PROPERTY);
    }

    var root = logback.getLogger("ROOT");
    assertThat(root.getAppender("stderr")).isNull();
    assertThat(root.getLevel()).isEqualTo(Level.ERROR);
  }

  @Test
  void the_level_comes_from_a_property() {
    System.setProperty("jvs.log.level", "debug");
    try {
      assertThat(new LogSetup().configure(logback))
          .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
    } finally {
      System.clearProperty("jvs.log.level");
    }

    assertThat(logback.getLogger("ROOT").getLevel()).isEqualTo(Level.DEBUG);
  }
}
