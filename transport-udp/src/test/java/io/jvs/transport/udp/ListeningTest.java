package io.jvs.transport.udp;

import static io.jvs.transport.udp.LabNetwork.address;
import static io.jvs.transport.udp.Peer.exchange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.AccessList;
import io.jvs.model.Flow;
import io.jvs.model.Network;
import io.jvs.model.VirtualService;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** How clients get in, with real network devices. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ListeningTest {
  private final LabNetwork lab = new LabNetwork();

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void a_dual_service_sees_clients_of_ipv4_as_such_and_answers_from_where_they_asked()
      throws Exception {
    lab.director.sh("ip address add 10.1.0.9/24 dev c0; ip address add fd01::9/64 dev c0 nodad");
    Peer server = lab.server("10.2.0.2", 5353);
    lab.director(dual(six(server)));
    Peer client4 = lab.client("10.1.0.2");
    Peer client6 = lab.client("fd01::2");
    for (String ip : List.of("10.1.0.1", "10.1.0.9", "10.2.0.1")) {
      exchange(client4, address(ip, 53), server);
      exchange(client4, address(ip, 53), server);
    }
    for (String ip : List.of("fd01::1", "fd01::9", "fd02::1")) {
      exchange(client6, address(ip, 53), server);
      exchange(client6, address(ip, 53), server);
    }
    String from4 = "udp 10.1.0.2:" + client4.address().getPort();
    String from6 = "udp [fd01::2]:" + client6.address().getPort();
    assertThat(lab.flows.stream().map(Flow::toString))
        .containsExactly(
            from4 + " to 10.1.0.1:53",
            from4 + " to 10.1.0.9:53",
            from4 + " to 10.2.0.1:53",
            from6 + " to [fd01::1]:53",
            from6 + " to [fd01::9]:53",
            from6 + " to [fd02::1]:53");
  }

  @Test
  void access_lists_know_clients_of_ipv4_at_a_dual_service() throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    VirtualService service =
        dual(six(server)).toBuilder()
            .access(new AccessList(List.of(), List.of(Network.parse("10.1.0.0/24"))))
            .build();
    UdpTransport transport = lab.director(service);
    lab.client("10.1.0.2").send(address("10.1.0.1", 53), "question");
    Rig.await("it is refused", () -> transport.status().dropped(UdpDrop.REFUSED) == 1);
    exchange(lab.client("fd01::2"), address("fd01::1", 53), server);
  }

  @Test
  void dual_or_not_is_changed_by_a_reload() throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    VirtualService six = six(server);
    VirtualService four =
        VirtualService.udp("0.0.0.0", 53).name("four").realServer(server.realServer()).build();
    VirtualService both = dual(six);
    UdpTransport transport = lab.director(six);
    Peer client = lab.client("10.1.0.2");
    Peer client6 = lab.client("fd01::2");
    exchange(client6, address("fd01::1", 53), server);
    lab.director(both);
    assertThat(transport.status().flows()).as("another socket").isZero();
    exchange(client, address("10.1.0.1", 53), server);
    assertThatThrownBy(() -> lab.director(both, four))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessage(
            "virtual service 'six': udp [::]:53, dual, meets udp 0.0.0.0:53 of 'four', and nobody"
                + " could tell whose clients come in (expected: another port for one of them)");
    exchange(client, address("10.1.0.1", 53), server);
    lab.director(four, six);
    exchange(client, address("10.1.0.1", 53), server);
    exchange(client6, address("fd01::1", 53), server);
    lab.director(both);
    exchange(client, address("10.1.0.1", 53), server);
  }

  @Test
  void a_service_of_one_device_takes_no_clients_from_another() throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    VirtualService service =
        VirtualService.udp("0.0.0.0", 53).name("dns").realServer(server.realServer()).build();
    lab.director(onDevice(service, "c0"));
    Peer client = lab.client("10.1.0.2");
    Peer other = lab.server("10.2.0.2", 0);
    exchange(client, address("10.1.0.1", 53), server);
    other.send(address("10.2.0.1", 53), "from the wrong side");
    exchange(client, address("10.1.0.1", 53), server);
    lab.director(onDevice(service, "s0"));
    exchange(other, address("10.2.0.1", 53), server);
    lab.director(service);
    exchange(client, address("10.1.0.1", 53), server);
    exchange(other, address("10.2.0.1", 53), server);
  }

  @Test
  void what_the_machine_does_not_grant_changes_nothing() throws Exception {
    Peer server = lab.server("10.2.0.2", 5353);
    VirtualService service =
        VirtualService.udp("0.0.0.0", 53).name("dns").realServer(server.realServer()).build();
    lab.director(service);
    Peer client = lab.client("10.1.0.2");
    exchange(client, address("10.1.0.1", 53), server);
    VirtualService more = VirtualService.udp("10.1.0.1", 54).name("more").build();
    assertThatThrownBy(() -> lab.director(more, onDevice(service, "nowhere0")))
        .isInstanceOf(TransportException.class)
        .hasMessageStartingWith("virtual service 'dns': udp.listening.device nowhere0: no such");
    assertThatThrownBy(
            () ->
                lab.director(
                    service.toBuilder()
                        .transportOptions(
                            UdpOptions.DEFAULT.withOutgoing(
                                new UdpOptions.Outgoing(
                                    List.of(address("10.9.9.9", 0).getAddress()), false)))
                        .build()))
        .isInstanceOf(TransportException.class)
        .hasMessageStartingWith(
            "virtual service 'dns': udp.outgoing.sources 10.9.9.9: cannot assign requested address"
                + " (way out: an address of this machine");
    assertThatThrownBy(
            () -> lab.director(service, VirtualService.udp("10.9.9.9", 54).name("far").build()))
        .isInstanceOf(TransportException.class)
        .hasMessageStartingWith(
            "virtual service 'far': cannot listen on udp 10.9.9.9:54: cannot assign requested"
                + " address (way out: no interface has this address");
    exchange(client, address("10.1.0.1", 53), server);
  }

  private static VirtualService six(Peer server) {
    return VirtualService.udp("::", 53).name("six").realServer(server.realServer()).build();
  }

  private static VirtualService dual(VirtualService service) {
    return service.toBuilder()
        .transportOptions(
            UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(null, true, 0, false, 0)))
        .build();
  }

  private static VirtualService onDevice(VirtualService service, String device) {
    return service.toBuilder()
        .transportOptions(
            UdpOptions.DEFAULT.withListening(new UdpOptions.Listening(device, false, 0, false, 0)))
        .build();
  }
}
