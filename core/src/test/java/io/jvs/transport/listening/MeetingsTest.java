package io.jvs.transport.listening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.model.AddressFamily;
import io.jvs.model.Protocol;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.UnsupportedServiceException;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MeetingsTest {
  private final ServiceSockets one = redirected("one", 7, 50_080);
  private final ServiceSockets two = redirected("two", 8, 50_080);
  private final ServiceSockets other = redirected("other", 8, 50_081);
  private final ServiceSockets plain = at("plain", "192.0.2.1", false);
  private final ServiceSockets six = at("six", "2001:db8::1", false);
  private final ServiceSockets dual = at("dual", "::", true);

  @Test
  void services_that_listen_at_the_same_place_meet() {
    assertThat(Meetings.between(one, two))
        .isEqualTo(
            "udp 0.0.0.0:50080 meets udp 0.0.0.0:50080 of 'two', and nobody could tell whose"
                + " clients come in (expected: another port for one of them)");
    assertThat(Meetings.between(plain, other)).startsWith("udp 192.0.2.1:50081 meets udp 0.0.0.0:");
    assertThat(Meetings.between(plain, dual)).contains(" meets udp [::]:50081, dual, of 'dual'");
  }

  @Test
  void others_do_not() {
    assertThat(Meetings.between(one, other)).as("another port").isNull();
    assertThat(Meetings.between(six, other)).as("another family").isNull();
    assertThat(Meetings.between(plain, plain)).as("core sees that by itself").isNull();
  }

  @Test
  void those_that_meet_are_refused_together() {
    Meetings.check(List.of(one, other, six));
    assertThatThrownBy(() -> Meetings.check(List.of(one, other, two)))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessageStartingWith("virtual service 'one': udp 0.0.0.0:50080 meets");
  }

  private static ServiceSockets redirected(String name, long mark, int port) {
    VirtualService service =
        VirtualService.at(VirtualAddress.firewallMark(mark, AddressFamily.IPV4)).name(name).build();
    return new ServiceSockets(service, Protocol.UDP, false, port, false);
  }

  private static ServiceSockets at(String name, String ip, boolean dual) {
    VirtualService service = VirtualService.udp(ip, 50_081).name(name).build();
    return new ServiceSockets(service, Protocol.UDP, dual, 0, false);
  }
}
