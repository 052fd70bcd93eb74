package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.kernel.netlink.Attributes;
import io.jvs.kernel.netlink.Datagrams;
import io.jvs.kernel.netlink.MalformedMessageException;
import io.jvs.kernel.netlink.MessageReader;
import io.jvs.kernel.netlink.MessageWriter;
import io.jvs.model.AddressFamily;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpvsCodecTest {
  private static final int ACKNOWLEDGED = 5;
  private static final int DUMP = 0x301;

  @Test
  void requests_are_those_that_a_kernel_took() {
    assertThat(request(new IpvsCommand.AddService(Samples.WEB_SERVICE)))
        .isEqualTo(hex(Samples.NEW_SERVICE));
    // The sample repeats the service's family; we name one only where it differs.
    assertThat(request(new IpvsCommand.AddDestination(Samples.WEB, Samples.NAT_SERVER)))
        .isEqualTo(
            hex(Samples.NEW_DEST.replace("06000b00 02000000 ", ""))
                .replaceFirst("^8c", "84")
                .replace("48000200", "40000200"));
    assertThat(little(DUMP, out -> IpvsRequests.ask(IpvsAttribute.GET_DEST, Samples.WEB, out)))
        .isEqualTo(hex(Samples.GET_DEST));
    assertThat(request(new IpvsCommand.SetTimeouts(new IpvsTimeouts(900, 120, 300))))
        .isEqualTo(hex(Samples.SET_CONFIG));
  }

  @Test
  void requests_are_read_as_what_they_ask_for() throws Exception {
    assertThat(IpvsAnswers.service(attributes(Samples.NEW_SERVICE)))
        .isEqualTo(new ServiceRow(Samples.WEB_SERVICE, Traffic.NONE));
    assertThat(IpvsAnswers.destination(attributes(Samples.NEW_DEST), AddressFamily.IPV4))
        .isEqualTo(new DestinationRow(Samples.NAT_SERVER, 0, 0, 0, Traffic.NONE));
    assertThat(IpvsAnswers.timeouts(attributes(Samples.SET_CONFIG)))
        .isEqualTo(new IpvsTimeouts(900, 120, 300));
  }

  @Test
  void answers_of_a_kernel_are_read() throws Exception {
    assertThat(IpvsAnswers.service(attributes(Samples.SERVICE_ANSWER)))
        .isEqualTo(new ServiceRow(Samples.SIP_SERVICE, Traffic.NONE));
    assertThat(IpvsAnswers.destination(attributes(Samples.DEST_ANSWER), AddressFamily.IPV4))
        .isEqualTo(new DestinationRow(Samples.GUE_SERVER, 0, 0, 0, Traffic.NONE));
    assertThat(IpvsAnswers.daemon(attributes(Samples.DAEMON_ANSWER)))
        .isEqualTo(
            new SyncDaemon(
                SyncDaemon.Role.MASTER,
                3,
                "lo",
                1472,
                SocketAddresses.parseIp("224.0.0.81"),
                8848,
                1));
    assertThat(IpvsAnswers.info(attributes(Samples.INFO_ANSWER)))
        .isEqualTo(new IpvsInfo(0x010201, 4096))
        .extracting(IpvsInfo::versionText)
        .isEqualTo("1.2.1");
    assertThat(IpvsAnswers.timeouts(attributes(Samples.CONFIG_ANSWER)))
        .isEqualTo(new IpvsTimeouts(900, 120, 300));
  }

  @Test
  void every_command_has_its_number_and_its_subject() {
    assertCommand(2, new IpvsCommand.EditService(Samples.SIP_SERVICE));
    assertCommand(3, new IpvsCommand.DeleteService(Samples.WEB));
    assertCommand(6, new IpvsCommand.EditDestination(Samples.WEB, Samples.GUE_SERVER));
    assertCommand(7, new IpvsCommand.DeleteDestination(Samples.WEB, Samples.NAT_SERVER.address()));
    assertCommand(17, new IpvsCommand.Flush());
    assertCommand(16, new IpvsCommand.Zero(null));
    assertCommand(16, new IpvsCommand.Zero(Samples.MARK));
    assertCommand(10, new IpvsCommand.StopDaemon(SyncDaemon.Role.BACKUP));
    assertThat(request(new IpvsCommand.StopDaemon(SyncDaemon.Role.BACKUP)))
        .endsWith(hex("0c000300 08000100 02000000"));
    assertThat(request(new IpvsCommand.Zero(Samples.MARK)))
        .endsWith(hex("14000100 06000100 0a000000 08000500 feffffff"));
    assertThat(request(new IpvsCommand.Flush())).hasSize(2 * 20);
  }

  private static void assertCommand(int number, IpvsCommand command) {
    assertThat(request(command).substring(32)).startsWith(hex("%02x010000".formatted(number)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void definitions_come_back_in_any_byte_order(boolean little) throws Exception {
    ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    for (IpvsService service :
        new IpvsService[] {
          Samples.WEB_SERVICE,
          Samples.SIP_SERVICE,
          new IpvsService(Samples.MARK, "rr", IpvsService.ONE_PACKET, 0xffff_ffffL, 1, null),
          new IpvsService(Samples.WEB, "wlc", 0, 0, 0xffff_ff00, null)
        }) {
      Attributes written =
          attributes(order, out -> IpvsRequests.write(new IpvsCommand.AddService(service), out));
      assertThat(IpvsAnswers.service(written).service()).isEqualTo(service);
    }
    InetSocketAddress ipv6 = new InetSocketAddress(SocketAddresses.parseIp("2001:db8::9"), 65_535);
    for (IpvsDestination server :
        new IpvsDestination[] {
          Samples.NAT_SERVER,
          Samples.GUE_SERVER,
          new IpvsDestination(ipv6, 2, Integer.MAX_VALUE, 0xffff_ffffL, 1, 2, 0, 2)
        }) {
      Attributes written =
          attributes(
              order,
              out -> IpvsRequests.write(new IpvsCommand.AddDestination(Samples.WEB, server), out));
      assertThat(IpvsAnswers.destination(written, AddressFamily.IPV4).destination())
          .isEqualTo(server);
    }
    SyncDaemon daemon =
        new SyncDaemon(
            SyncDaemon.Role.BACKUP, 255, "eth0", 9000, SocketAddresses.parseIp("ff02::5"), 1, 255);
    Attributes written =
        attributes(order, out -> IpvsRequests.write(new IpvsCommand.StartDaemon(daemon), out));
    assertThat(IpvsAnswers.daemon(written)).isEqualTo(daemon);
  }

  @Test
  void an_IPv4_mapped_IPv6_address_stays_one() throws Exception {
    Attributes written =
        service(
            out -> {
              out.u16(1, 10);
              out.u16(2, 6);
              out.bytes(3, bytes("00000000000000000000ffff0a000001"), 16);
              out.u16be(4, 80);
              out.string(6, "rr");
            });
    assertThat(IpvsAnswers.service(written).service().key().family()).isEqualTo(AddressFamily.IPV6);
  }

  @Test
  void numbers_of_64_bits_are_preferred_and_those_of_32_do() throws Exception {
    Traffic narrow = new Traffic(1, 2, 3, 4L << 32, 5, 6, 7, 8, 9, 0xffff_ffffL);
    Traffic wide = new Traffic(1L << 40, 2, 3, 4, 5, 6, 7, 8, 9, 1L << 33);
    Consumer<MessageWriter> stats =
        out -> {
          int nest = out.nested(10);
          numbers(narrow, false, out);
          out.endNested(nest);
        };
    Consumer<MessageWriter> stats64 =
        out -> {
          int nest = out.nested(12);
          numbers(wide, true, out);
          out.endNested(nest);
        };
    assertThat(IpvsAnswers.service(service(minimal().andThen(stats))).traffic()).isEqualTo(narrow);
    assertThat(IpvsAnswers.service(service(minimal().andThen(stats).andThen(stats64))).traffic())
        .isEqualTo(wide);
    assertThat(IpvsAnswers.service(service(minimal().andThen(stats64).andThen(stats))).traffic())
        .isEqualTo(wide);
    assertThat(IpvsAnswers.service(service(minimal())).traffic()).isEqualTo(Traffic.NONE);
  }

  private static void numbers(Traffic traffic, boolean wide, MessageWriter out) {
    long[] values = {
      traffic.connections(),
      traffic.inPackets(),
      traffic.outPackets(),
      traffic.inBytes(),
      traffic.outBytes(),
      traffic.connectionsPerSecond(),
      traffic.inPacketsPerSecond(),
      traffic.outPacketsPerSecond(),
      traffic.inBytesPerSecond(),
      traffic.outBytesPerSecond()
    };
    for (int i = 0; i < values.length; i++) {
      if (wide || i == 3 || i == 4) {
        out.bytes(11, new byte[0], 0); // padding
        out.u64(i + 1, values[i]);
      } else {
        out.u32(i + 1, (int) values[i]);
      }
    }
    out.u64(99, 1); // of a newer kernel
  }

  @Test
  void attributes_of_a_newer_kernel_are_left_out() throws Exception {
    Consumer<MessageWriter> newer =
        out -> {
          out.u64(42, 1);
          int nest = out.nested(43);
          out.string(1, "x");
          out.endNested(nest);
        };
    assertThat(IpvsAnswers.service(service(newer.andThen(minimal()).andThen(newer))).service())
        .isEqualTo(
            new IpvsService(new ServiceKey.Mark(7, AddressFamily.IPV4), "rr", 0, 0, -1, null));
    Attributes info =
        attributes(
            ByteOrder.nativeOrder(),
            out -> {
              out.command(14).u32(3, 9);
              out.u32(1, 0x010300);
            });
    assertThat(IpvsAnswers.info(info)).isEqualTo(new IpvsInfo(0x010300, 0));
  }

  @Test
  void what_is_not_a_service_is_refused() {
    assertRefused("message without a service", Samples.INFO_ANSWER.replace("08000100", "08000900"));
    assertServiceRefused(
        "service of address family 0 (expected: 2 or 10)", out -> out.string(6, "rr"));
    assertServiceRefused(
        "service of address family 11 (expected: 2 or 10)",
        out -> {
          out.u16(1, 11);
          out.string(6, "rr");
        });
    assertServiceRefused("service without a scheduler", out -> out.u16(1, 2));
    assertServiceRefused(
        "service with an address of 0 bytes (expected: 4)",
        out -> {
          out.u16(1, 2);
          out.string(6, "rr");
        });
    assertServiceRefused(
        "service with an address of 4 bytes (expected: 16)",
        out -> {
          out.u16(1, 10);
          out.bytes(3, new byte[4], 4);
          out.string(6, "rr");
        });
    assertServiceRefused("attribute 1 has a value of 4 bytes (expected: 2)", out -> out.u32(1, 2));
    assertThatThrownBy(
            () ->
                IpvsAnswers.daemon(
                    attributes(Samples.DAEMON_ANSWER.replace("0800010001", "0800010003"))))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage("daemon in state 3 (expected: 1, master, or 2, backup)");
  }

  private static void assertServiceRefused(String message, Consumer<MessageWriter> attributes) {
    assertThatThrownBy(() -> IpvsAnswers.service(service(attributes)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage(message);
  }

  private static void assertRefused(String message, String hex) {
    assertThatThrownBy(() -> IpvsAnswers.service(attributes(hex)))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessage(message);
  }

  private static Consumer<MessageWriter> minimal() {
    return out -> {
      out.u16(1, 2);
      out.u32(5, 7);
      out.string(6, "rr");
    };
  }

  private static Attributes service(Consumer<MessageWriter> attributes)
      throws MalformedMessageException {
    return attributes(
        ByteOrder.nativeOrder(),
        out -> {
          int nest = out.command(1).nested(1);
          attributes.accept(out);
          out.endNested(nest);
        });
  }

  private static Attributes attributes(ByteOrder order, Consumer<MessageWriter> body)
      throws MalformedMessageException {
    return attributes(new Datagrams(order).message(Samples.FAMILY, 0, 1, body).buffer());
  }

  private static Attributes attributes(String hex) throws MalformedMessageException {
    return attributes(Samples.buffer(hex));
  }

  private static Attributes attributes(ByteBuffer datagram) throws MalformedMessageException {
    MessageReader reader = new MessageReader(datagram);
    assertThat(reader.next()).isTrue();
    return reader.attributes();
  }

  private static String request(IpvsCommand command) {
    return little(ACKNOWLEDGED, out -> IpvsRequests.write(command, out));
  }

  private static String little(int flags, Consumer<MessageWriter> body) {
    return HexFormat.of()
        .formatHex(
            new Datagrams(ByteOrder.LITTLE_ENDIAN).message(Samples.FAMILY, flags, 1, body).bytes());
  }

  private static String hex(String spaced) {
    return spaced.replace(" ", "");
  }

  private static byte[] bytes(String hex) {
    return Samples.bytes(hex);
  }
}
