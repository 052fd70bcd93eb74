package io.jvs.launcher;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real name server at a loopback address, dnsmasq or bind's named, that knows {@code
 * www.example.test} and says who it is by {@code who.example.test}. It can be killed and come back.
 */
final class NameServer implements AutoCloseable {
  static final String WWW = "10.9.9.9";

  private final String address;
  private final int port;
  private final String who;
  private final List<String> command;
  private final Path log;
  private Process process;

  private NameServer(String address, int port, String who, List<String> command, Path directory)
      throws IOException {
    this.address = address;
    this.port = port;
    this.who = who;
    this.command = command;
    this.log = directory.resolve(who + ".log");
    this.process = Programs.start(log, command);
  }

  /** Any loopback address will do. */
  static NameServer dnsmasq(String address, String who, Path directory) throws IOException {
    int port = freePort(address);
    return new NameServer(
        address,
        port,
        who,
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--pid-file=",
            "--user=" + System.getProperty("user.name"),
            "--port=" + port,
            "--listen-address=" + address,
            "--bind-interfaces",
            "--no-resolv",
            "--no-hosts",
            "--host-record=www.example.test," + WWW,
            "--host-record=who.example.test," + who),
        directory);
  }

  /** At 127.0.0.1, since it listens on addresses only that an interface lists. */
  static NameServer named(String who, Path directory) throws IOException {
    int port = freePort("127.0.0.1");
    Files.writeString(
        directory.resolve("zone"),
        """
        $TTL 60
        @ SOA ns.example.test. admin.example.test. 1 60 60 60 60
        @ NS ns.example.test.
        ns A 127.0.0.1
        www A %s
        who A %s
        """
            .formatted(WWW, who));
    Path configuration =
        Files.writeString(
            directory.resolve("named.conf"),
            """
            options {
              directory "%s";
              listen-on port %d { 127.0.0.1; };
              listen-on-v6 { none; };
              pid-file none;
              session-keyfile none;
              recursion no;
            };
            controls { };
            zone "example.test" { type primary; file "zone"; };
            """
                .formatted(directory, port));
    return new NameServer(
        "127.0.0.1", port, who, List.of("named", "-g", "-c", configuration.toString()), directory);
  }

  String realServer() {
    return address + ":" + port;
  }

  /** What it answers to {@code who.example.test}. */
  String who() {
    return who;
  }

  /** As if its machine had lost power, but for the ICMP errors. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(20, TimeUnit.SECONDS);
  }

  void comeBack() throws IOException {
    process = Programs.start(log, command);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  static int freePort(String address) throws IOException {
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getByName(address))) {
      return probe.getLocalPort();
    }
  }
}
