package io.jvs.launcher.configuration;

/**
 * One thing that is wrong with a file, or of which it warns.
 *
 * @param line counted from 1, or 0 if the problem is the file as a whole
 * @param column counted from 1, in characters, or 0
 * @param path which value, such as {@code services[0].realServers[1].weight}; empty for the whole
 * @param message the value, what was expected and the way out
 */
public record Problem(String file, int line, int column, String path, String message) {

  /** {@code web.yaml:7:15: services[0].attempts: 0 (expected: 1 to 100)}. */
  @Override
  public String toString() {
    return file + (line == 0 ? "" : ":" + line + ":" + column) + ": " + withoutPlace();
  }

  private String withoutPlace() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
