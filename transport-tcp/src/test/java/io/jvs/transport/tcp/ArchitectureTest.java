package io.jvs.transport.tcp;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/architecture.md, as far as this module goes. */
@AnalyzeClasses(packages = "io.jvs.transport.tcp..", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule a_transport_needs_core_netty_and_one_native_call_alone =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.jvs.transport.tcp..",
              "io.jvs.model",
              "io.jvs.balancing",
              "io.jvs.transport",
              "io.jvs.transport.listening",
              "io.jvs.proxyprotocol",
              "io.netty..",
              "jnr.ffi..",
              "java..",
              "com.sun.management",
              "jdk.net",
              "org.jspecify..");

  @ArchTest
  static final ArchRule what_reads_and_writes_bytes_knows_no_connection =
      classes()
          .that()
          .resideInAPackage("io.jvs.transport.tcp.hello")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.jvs.transport.tcp.hello",
              "io.jvs.model",
              "java.lang..",
              "java.nio",
              "java.nio.charset",
              "java.net",
              "java.security",
              "java.util..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule what_is_above_the_seam_knows_no_netty =
      noClasses()
          .that()
          .haveNameNotMatching(
              ".*\\.(Netty\\w*|SessionLoop|RelaySide|Epoll\\w*|IoUring\\w*|Native\\w*"
                  + "|SocketSetup)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.netty..");
}
