package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.Refused;
import io.jvs.lab.network.Needed;
import io.jvs.model.Network;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.proxyprotocol.Endpoints;
import io.jvs.proxyprotocol.Header;
import io.jvs.proxyprotocol.HeaderReader;
import io.jvs.proxyprotocol.HeaderWriter;
import io.jvs.proxyprotocol.Reading;
import io.jvs.testkit.FreeAddresses;
import io.jvs.transport.udp.UdpOptions.ProxyTo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real DNS proxy reads our PROXY headers, and we read its. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RealDnsdistTest {
  private static final int TRIES = 50;

  private final Path directory;

  RealDnsdistTest(@TempDir Path directory) {
    this.directory = directory;
  }

  /** It answers each question with the address that it takes for the client's. */
  @Test
  void dnsdist_behind_us_knows_our_clients() throws Exception {
    InetSocketAddress dnsdist = FreeAddresses.udp(SocketAddresses.parseIp("127.0.0.1"));
    Process process =
        dnsdist(
            """
            setLocal("%s")
            setACL({"0.0.0.0/0"})
            setProxyProtocolACL({"127.0.0.1/32"})
            addAction(AllRule(), LuaAction(function(dq)
              return DNSAction.Spoof, dq.remoteaddr:toString()
            end))
            """
                .formatted(SocketAddresses.format(dnsdist)));
    UdpOptions options =
        UdpOptions.DEFAULT
            .withProxyTo(ProxyTo.EVERY)
            .withProxyFrom(List.of(Network.parse("127.0.0.9")));
    try (Rig rig =
            Rig.of(
                UdpEngine.AUTO,
                service -> service.realServer(RealServer.of(dnsdist)).transportOptions(options));
        Peer one = Peer.at("127.0.0.7");
        Peer two = Peer.at("127.0.0.8");
        Peer sender = Peer.at("127.0.0.9")) {
      for (int i = 0; i < 3; i++) {
        assertThat(answer(one, rig.address, question(i))).isEqualTo("127.0.0.7");
        assertThat(answer(two, rig.address, question(i))).isEqualTo("127.0.0.8");
        Endpoints named =
            Endpoints.Inet.of(
                true,
                new InetSocketAddress(SocketAddresses.parseIp("192.0.2.7"), 4711),
                new InetSocketAddress(SocketAddresses.parseIp("192.0.2.53"), 53));
        ByteBuffer header = HeaderWriter.version2(new Header(named, List.of()), false);
        assertThat(answer(sender, rig.address, join(header, question(i)))).isEqualTo("192.0.2.7");
      }
    } finally {
      end(process);
    }
  }

  /** All its clients come from one port. */
  @Test
  void the_clients_of_dnsdist_before_us_are_known() throws Exception {
    InetSocketAddress dnsdist = FreeAddresses.udp(SocketAddresses.parseIp("127.0.0.1"));
    UdpOptions options =
        UdpOptions.DEFAULT
            .withProxyFrom(List.of(Network.parse("127.0.0.1")))
            .withProxyTo(ProxyTo.EVERY);
    try (Peer server = Peer.server();
        Rig rig = Rig.of(UdpEngine.AUTO, service -> service.transportOptions(options), server);
        Peer one = Peer.at("127.0.0.7");
        Peer two = Peer.at("127.0.0.8")) {
      Process process =
          dnsdist(
              """
              setLocal("%s")
              setACL({"0.0.0.0/0"})
              newServer({address="%s", useProxyProtocol=true}):setUp()
              """
                  .formatted(SocketAddresses.format(dnsdist), SocketAddresses.format(rig.address)));
      try {
        awaitRunning(one, dnsdist, server);
        for (int i = 0; i < 3; i++) {
          one.send(dnsdist, question(100 + i));
          Peer.Received first = server.receive();
          two.send(dnsdist, question(100 + i));
          Peer.Received second = server.receive();
          assertThat(client(first)).isEqualTo(one.address());
          assertThat(client(second)).isEqualTo(two.address());
          reply(server, second);
          reply(server, first);
          assertThat(two.receive().payload()).startsWith(0, 100 + i);
          assertThat(one.receive().payload()).startsWith(0, 100 + i);
        }
        assertThat(rig.balancer.refused(Refused.Cause.BAD_START)).isZero();
        assertThat(rig.flows()).as("one for each client").isEqualTo(2);
      } finally {
        end(process);
      }
    }
  }

  private static void awaitRunning(Peer client, InetSocketAddress dnsdist, Peer server)
      throws IOException {
    for (int i = 0; i < TRIES; i++) {
      client.send(dnsdist, question(i));
      Peer.Received asked = server.receive(200);
      if (asked != null) {
        for (; asked != null; asked = server.receive(200)) { // all of what came while it started
          reply(server, asked);
        }
        while (client.receive(200) != null) {
          // Answers of theirs.
        }
        return;
      }
    }
    throw new IOException("dnsdist does not start");
  }

  /** The address in the answer to a question for one; asked until it comes. */
  private static String answer(Peer client, InetSocketAddress asked, byte[] question)
      throws IOException {
    for (int i = 0; i < TRIES; i++) {
      client.send(asked, question);
      Peer.Received answer = client.receive(200);
      if (answer != null) {
        byte[] bytes = answer.payload();
        return InetAddress.getByAddress(Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length))
            .getHostAddress();
      }
    }
    throw new IOException("no answer at " + client.address());
  }

  /** RFC 1035, section 4.1: an address of a.test is wanted. */
  private static byte[] question(int id) {
    ByteBuffer out = ByteBuffer.allocate(24);
    out.putShort((short) id).putShort((short) 0x0100).putShort((short) 1).put(new byte[6]);
    out.put("\001a\004test\000".getBytes(StandardCharsets.US_ASCII));
    return out.putShort((short) 1).putShort((short) 1).array();
  }

  /** Without an answer, which is one. */
  private static void reply(Peer server, Peer.Received asked) throws IOException {
    byte[] bytes = asked.payload();
    byte[] answer = Arrays.copyOfRange(bytes, header(asked).length(), bytes.length);
    answer[2] |= (byte) 0x80;
    server.send(asked.from(), answer);
  }

  private static InetSocketAddress client(Peer.Received asked) {
    return ((Endpoints.Inet) header(asked).header().endpoints()).source();
  }

  private static Reading.Complete header(Peer.Received asked) {
    return (Reading.Complete) HeaderReader.read(ByteBuffer.wrap(asked.payload()), 1000);
  }

  private static byte[] join(ByteBuffer header, byte[] payload) {
    return ByteBuffer.allocate(header.remaining() + payload.length)
        .put(header)
        .put(payload)
        .array();
  }

  private Process dnsdist(String configuration) throws IOException {
    Needed.command("dnsdist", "dnsdist");
    Path file = Files.writeString(directory.resolve("dnsdist.conf"), configuration);
    return new ProcessBuilder("dnsdist", "--supervised", "--disable-syslog", "-C", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("dnsdist.log").toFile())
        .start();
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
  }
}
