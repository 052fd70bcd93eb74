package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The schema in docs/ and the reader agree, as far as a schema can see. */
class SchemaTest {
  /** What is not YAML or more than the JSON in it, so that no schema gets to see it. */
  private static final Set<String> NO_YAML =
      Set.of(
          "alias-bomb",
          "bad-indentation",
          "control-character",
          "custom-tag",
          "duplicate-key",
          "key-is-a-list",
          "merge-key",
          "nested-too-deep",
          "not-utf-8",
          "real-server-ipv6-bare",
          "recursive-alias",
          "tab-indentation",
          "two-colons",
          "two-documents",
          "unclosed-bracket",
          "unclosed-quote",
          "unknown-alias");

  /** What takes more than one value, arithmetic or knowledge to see. */
  private static final Set<String> BEYOND_SCHEMAS =
      Set.of(
          "access-twice",
          "address-all-ports",
          "address-firewall-mark",
          "address-ip-wrong",
          "address-port-too-big",
          "address-range-backwards",
          "address-range-too-long",
          "address-sctp",
          "address-tcp",
          "address-udp",
          "agent-timeout-longer-than-interval",
          "addresses-meet",
          "dialogue-escape",
          "dialogue-nothing-expected",
          "dialogue-tls-twice",
          "dns-name",
          "dns-regex",
          "drain-too-long",
          "external-shell-list",
          "fallback-is-real-server",
          "file-factor",
          "forwarding-dr",
          "forwarding-tunnel",
          "failover-hysteresis",
          "transport-ipvs-refuses",
          "health-timeout-longer-than-interval",
          "in-band-confirm-without-health",
          "in-band-failed-status-range",
          "in-band-longest-too-short",
          "in-band-times",
          "in-band-window-fraction",
          "in-band-window-too-small",
          "http-body",
          "http-body-not",
          "http-method-head-with-body",
          "http-status-range",
          "limits-lower-above-upper",
          "limits-packets-tcp",
          "name-twice",
          "one-packet-tcp",
          "persistence-application-key",
          "persistence-fraction",
          "persistence-netmask",
          "persistence-too-short",
          "policies-directory",
          "policies-no-such-jar",
          "policies-not-a-jar",
          "real-server-circle",
          "real-server-port-zero",
          "real-server-twice",
          "real-server-wildcard",
          "scheduler-flag-unknown",
          "scheduler-unknown",
          "smtp-tls-twice",
          "tcp-ipvs",
          "tcp-listening-dual-ipv4",
          "tcp-outgoing-families",
          "tcp-ports-meet",
          "tcp-proxy-to-version",
          "tls-certificate-missing",
          "tls-trust-missing",
          "tls-trust-not-pem",
          "udp-lengths",
          "udp-lengths-not-required",
          "udp-options-of-the-other",
          "udp-persistence-application-key",
          "udp-ports-meet",
          "udp-queue",
          "udp-quic-server-ids",
          "udp-reply-not-required",
          "udp-reply-too-long");

  private static final Schema SCHEMA = schema();

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("examples"))) {
      return files.sorted().toList();
    }
  }

  static List<Path> wrong() throws IOException {
    return WrongFilesTest.files().stream().filter(file -> !NO_YAML.contains(name(file))).toList();
  }

  @Test
  void the_schema_is_one_by_its_own_rules() {
    Schema meta =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    assertThat(meta.validate(schemaText(), InputFormat.JSON)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void examples_are_right_for_the_schema_and_for_the_reader(Path file) throws Exception {
    assertThat(validate(file)).isEmpty();
    assertThat(ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection).services())
        .isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void what_a_schema_can_see_it_sees(Path file) throws IOException {
    assertThat(validate(file).isEmpty())
        .as(name(file))
        .isEqualTo(BEYOND_SCHEMAS.contains(name(file)));
  }

  private static List<Error> validate(Path file) throws IOException {
    Object yaml = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    return SCHEMA.validate(new ObjectMapper().writeValueAsString(yaml), InputFormat.JSON);
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".yaml", "");
  }

  private static Schema schema() {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schemaText(), InputFormat.JSON);
  }

  private static String schemaText() {
    try {
      return Files.readString(Path.of("../docs/jvs.schema.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
