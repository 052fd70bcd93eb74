package io.jvs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of docs/architecture.md. */
@AnalyzeClasses(packages = "io.jvs", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packages_depend_towards_the_model =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("model")
          .definedBy("io.jvs.model..")
          .layer("scheduling")
          .definedBy("io.jvs.scheduling..")
          .layer("persistence")
          .definedBy("io.jvs.persistence..")
          .layer("balancing")
          .definedBy("io.jvs.balancing..")
          .layer("feedback")
          .definedBy("io.jvs.feedback..")
          .layer("health")
          .definedBy("io.jvs.health..")
          .layer("transport")
          .definedBy("io.jvs.transport..")
          .layer("director")
          .definedBy("io.jvs.director..")
          .layer("metrics")
          .definedBy("io.jvs.metrics..")
          .whereLayer("model")
          .mayNotAccessAnyLayer()
          .whereLayer("scheduling")
          .mayOnlyAccessLayers("model")
          .whereLayer("persistence")
          .mayOnlyAccessLayers("model")
          .whereLayer("balancing")
          .mayOnlyAccessLayers("model", "scheduling", "persistence")
          .whereLayer("feedback")
          .mayOnlyAccessLayers("model")
          .whereLayer("health")
          .mayOnlyAccessLayers("model", "balancing", "feedback")
          .whereLayer("transport")
          .mayOnlyAccessLayers("model", "balancing")
          .whereLayer("director")
          .mayOnlyAccessLayers("model", "scheduling", "balancing", "health", "transport")
          .whereLayer("metrics")
          .mayOnlyAccessLayers("model", "balancing", "director");

  @ArchTest
  static final ArchRule what_reads_and_writes_bytes_knows_no_connection =
      classes()
          .that()
          .resideInAPackage("io.jvs.proxyprotocol")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.jvs.proxyprotocol",
              "io.jvs.model",
              "java.lang..",
              "java.nio",
              "java.nio.charset",
              "java.net",
              "java.util..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule core_needs_the_jdk_alone =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.jvs.metrics..")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("io.jvs..", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule only_metrics_sees_micrometer =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.jvs.metrics..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.micrometer..");

  @ArchTest
  static final ArchRule core_knows_neither_netty_nor_native_code =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("io.netty..", "jnr..");
}
