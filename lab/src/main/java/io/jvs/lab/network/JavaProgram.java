package io.jvs.lab.network;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a class of the tests is started as a program: by the same Java, on the same class path. */
final class JavaProgram {
  private JavaProgram() {}

  static List<String> command(Class<?> program, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }
}
