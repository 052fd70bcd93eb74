package io.jvs.launcher.configuration;

import io.jvs.model.Protocol;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.transport.tcp.TcpOptions;
import io.jvs.transport.udp.UdpOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a service says about what carries it: its fields {@code transport}, {@code tcp} and {@code
 * udp}.
 *
 * @param tcp null if there is no such field, as {@code udp}
 */
record TransportFields(
    Carrier carrier,
    @Nullable Value tcpValue,
    @Nullable TcpOptions tcp,
    @Nullable Value udpValue,
    @Nullable UdpOptions udp) {

  static TransportFields read(Fields fields, Carrier usual) {
    Value carrierValue = fields.get("transport");
    Value tcpValue = fields.get("tcp");
    Value udpValue = fields.get("udp");
    return new TransportFields(
        carrierValue == null ? usual : ConfigurationFile.carrier(carrierValue, usual),
        tcpValue,
        TcpOptionsReader.read(tcpValue),
        udpValue,
        udpValue == null ? null : UdpOptionsReader.read(udpValue));
  }

  /** Notes options for what does not carry the service. */
  void checkWith(@Nullable VirtualAddress address) {
    check(tcpValue, Protocol.TCP, carrier.mayBeTcp(), address);
    check(udpValue, Protocol.UDP, carrier.mayBeUdp(), address);
  }

  private void check(
      @Nullable Value value, Protocol protocol, boolean carried, @Nullable VirtualAddress address) {
    if (value == null) {
      return;
    }
    if (!carried) {
      value.wrong(
          "with transport: "
              + carrier
              + " (expected: transport: userspace, or none of these; "
              + (carrier == Carrier.IPVS
                  ? "the kernel has no such options)"
                  : "the other proxy has other options)"));
    } else if (address instanceof VirtualAddress.Endpoint endpoint
        && endpoint.protocol() != protocol) {
      value.wrong("with the address '" + address + "' (expected: a " + protocol + " address)");
    }
  }

  /** Those of the PROXY headers that real servers get. */
  ProxyVersions proxyVersions() {
    return new ProxyVersions(
        tcp == null || tcp.proxyTo() == null ? 0 : tcp.proxyTo().version(),
        udp == null || udp.proxyTo() == UdpOptions.ProxyTo.NONE ? 0 : 2);
  }

  /** All of it, or null if that is as plain as can be. */
  @Nullable TransportOptions all(VirtualAddress address) {
    return join(tcp, udp, address);
  }

  /** What decides about the address: whether TPROXY sends clients to a port for it. */
  @Nullable TransportOptions door(VirtualAddress address) {
    return join(doorOfTcp(), doorOfUdp(), address);
  }

  /** The door, and where the key of persistence is found. */
  @Nullable TransportOptions key(VirtualAddress address) {
    TcpOptions door = doorOfTcp();
    TcpOptions key = door == null || tcp == null ? door : door.withFirstBytes(tcp.firstBytes());
    return join(key, doorOfUdp(), address);
  }

  /** Options of TCP, and the door of UDP. */
  @Nullable TransportOptions ofTcp(VirtualAddress address) {
    return join(tcp, doorOfUdp(), address);
  }

  private @Nullable TcpOptions doorOfTcp() {
    if (tcp == null || tcp.listening().port() == 0) {
      return tcp == null ? null : TcpOptions.DEFAULT;
    }
    int port = tcp.listening().port();
    return TcpOptions.DEFAULT.withListening(
        new TcpOptions.Listening(0, null, false, 0, true, port));
  }

  private @Nullable UdpOptions doorOfUdp() {
    if (udp == null || udp.listening().port() == 0) {
      return udp == null ? null : UdpOptions.DEFAULT;
    }
    int port = udp.listening().port();
    return UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, false, 0, true, port));
  }

  /**
   * Options that are the defaults are as good as none, which any transport takes; but with a
   * firewall mark they say whom it is for.
   */
  private static @Nullable TransportOptions join(
      @Nullable TcpOptions tcp, @Nullable UdpOptions udp, VirtualAddress address) {
    boolean any = address instanceof VirtualAddress.FirewallMark;
    TcpOptions one = any || !TcpOptions.DEFAULT.equals(tcp) ? tcp : null;
    UdpOptions other = udp == null || any || !UdpOptions.DEFAULT.equals(udp) ? udp : null;
    return one != null && other != null
        ? new TransportOptions.Several(List.of(one, other))
        : one != null ? one : other;
  }
}
