package io.jvs.benchmarks.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An nginx that can carry TCP and UDP.
 *
 * @param load the line of its configuration that loads the module for it; may be empty
 */
record NginxStream(Path program, String load) {
  /** Null if there is none, and what is missing has been said. */
  static @Nullable NginxStream find(Programs programs, List<String> missing)
      throws IOException, InterruptedException {
    Path nginx = programs.find("nginx");
    Path module = programs.nginxModule("ngx_stream_module.so");
    if (nginx == null) {
      missing.add("nginx (Debian: apt install nginx libnginx-mod-stream)");
      return null;
    }
    if (module == null && !builtIn(nginx)) {
      missing.add("the stream module of nginx (Debian: apt install libnginx-mod-stream)");
      return null;
    }
    return new NginxStream(nginx, module == null ? "" : "load_module " + module + ";\n");
  }

  private static boolean builtIn(Path nginx) throws IOException, InterruptedException {
    Process asked = new ProcessBuilder(nginx.toString(), "-V").redirectErrorStream(true).start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    return answer.contains("--with-stream ") || answer.endsWith("--with-stream\n");
  }

  /** One worker, in the foreground. */
  List<String> command(Workshop workshop, String name, int sockets, String stream)
      throws IOException {
    String text =
        load
            + "worker_processes 1;\ndaemon off;\nerror_log stderr crit;\n"
            + "pid %s;\n".formatted(workshop.path(name + ".pid"))
            + "worker_rlimit_nofile %1$d;\nevents { worker_connections %1$d; }\n"
                .formatted(sockets + 100)
            + "stream {\n"
            + stream
            + "}\n";
    Path file = workshop.file(name + ".conf", text);
    return List.of(program.toString(), "-c", file.toString(), "-e", "stderr");
  }
}
