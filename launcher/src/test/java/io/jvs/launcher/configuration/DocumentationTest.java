package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.launcher.control.StatusReport;
import io.jvs.launcher.running.Transports;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/configuration.md tells of everything there is, and the files in the docs work. */
class DocumentationTest {
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  private final String text = Files.readString(Path.of("../docs/configuration.md"));

  DocumentationTest() throws IOException {}

  @Test
  void every_key_of_the_schema_is_described() throws IOException {
    Set<String> keys = new TreeSet<>();
    collect(new ObjectMapper().readTree(Path.of("../docs/jvs.schema.json").toFile()), keys);

    assertThat(keys)
        .hasSizeGreaterThan(35)
        .allSatisfy(key -> assertThat(text).containsPattern("`(\\w+\\.)*" + key + "`"));
  }

  @Test
  void every_field_of_the_status_is_described() {
    for (Class<?> type :
        List.of(
            StatusReport.class,
            StatusReport.Tcp.class,
            StatusReport.Udp.class,
            StatusReport.Ipvs.class,
            StatusReport.Service.class,
            StatusReport.Durations.class,
            StatusReport.Server.class)) {
      for (RecordComponent field : type.getRecordComponents()) {
        assertThat(text).contains("`" + field.getName() + "`");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"configuration.md", "kernel.md"})
  void its_files_are_right(String page, @TempDir Path directory) throws Exception {
    Matcher matcher = YAML.matcher(Files.readString(Path.of("../docs", page)));
    int files = 0;
    while (matcher.find()) {
      Path file = Files.writeString(directory.resolve("web.yaml"), matcher.group(1));
      ConfigurationFile.read(file, Schedulers.builtIn(), Transports::objection);
      files++;
    }
    assertThat(files).isPositive();
  }

  @Test
  void the_schema_describes_every_key() throws IOException {
    JsonNode schema = new ObjectMapper().readTree(Path.of("../docs/jvs.schema.json").toFile());
    assertThat(schema.get("properties"))
        .allSatisfy(key -> assertThat(key.has("description")).isTrue());
  }

  private static void collect(JsonNode schema, Set<String> keys) {
    if (schema.has("properties")) {
      schema.get("properties").fieldNames().forEachRemaining(keys::add);
    }
    schema.forEach(child -> collect(child, keys));
  }
}
