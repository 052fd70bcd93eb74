package io.jvs.launcher;

import picocli.CommandLine.Option;

/** For whom a command prints, in one way for all that can print for programs. */
final class OutputOptions {
  enum Output {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      description = "table for people (default) or json for programs",
      defaultValue = "table")
  private Output output;

  @Option(names = "--json", description = "the same as --output json")
  private boolean json;

  /** Whether it is for programs. */
  boolean isJson() {
    return json || output == Output.JSON;
  }
}
