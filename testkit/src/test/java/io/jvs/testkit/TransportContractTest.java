package io.jvs.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract notices transports that do not keep it. */
class TransportContractTest {
  @Test
  void a_transport_that_begins_anew_with_each_change_is_caught() {
    TcpTransportContract contract = RestartingTransport::new;

    assertThatThrownBy(contract::the_same_services_again_change_nothing).isNotNull();
    assertThatThrownBy(contract::changed_added_and_removed_servers_keep_their_flows).isNotNull();
    assertThatThrownBy(contract::a_service_may_move_to_another_address).isNotNull();
    assertThatThrownBy(contract::an_address_in_use_leaves_all_as_before).isNotNull();
    assertThatThrownBy(contract::a_removed_service_takes_nothing_new_and_its_present_flows_live_on)
        .isNotNull();
  }

  @Test
  void a_transport_that_never_drains_is_caught() {
    TcpTransportContract contract =
        () ->
            new RestartingTransport() {
              @Override
              public void close(Duration drain) {
                super.close(Duration.ZERO);
              }
            };
    assertThatThrownBy(contract::close_waits_for_flows_that_end_in_time).isNotNull();
  }

  @Test
  void a_transport_that_resets_nothing_is_caught() {
    TcpTransportContract contract =
        () ->
            new BlockingTcpTransport() {
              @Override
              void onEvent(LoadBalancerEvent event) {}
            };
    assertThatThrownBy(contract::open_flows_of_one_server_are_reset_when_that_is_asked_for)
        .isNotNull();
  }

  /** Works, but forgets everything at each change. */
  private static class RestartingTransport implements Transport {
    private BlockingTcpTransport now = new BlockingTcpTransport();

    @Override
    public String name() {
      return "restarting";
    }

    @Override
    public Optional<String> objection(VirtualService service) {
      return now.objection(service);
    }

    @Override
    public void apply(List<Assignment> desired) {
      now.close(Duration.ZERO);
      now = new BlockingTcpTransport();
      now.apply(desired);
    }

    @Override
    public void close(Duration drain) {
      now.close(drain);
    }
  }
}
