package io.jvs.benchmarks.peers;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelLogger;
import io.grpc.ConnectivityState;
import io.grpc.ConnectivityStateInfo;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.CreateSubchannelArgs;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.LoadBalancer.ResolvedAddresses;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.LoadBalancer.SubchannelStateListener;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MetricRecorder;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import io.grpc.util.MultiChildLoadBalancer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** As much of a channel as a policy sees: its connections are ready as soon as it asks for them. */
final class GrpcChannel {
  /** A call without a key. */
  static final Call CALL = new Call(new Metadata());

  private final SynchronizationContext context =
      new SynchronizationContext(
          (thread, e) -> {
            throw new IllegalStateException(e);
          });
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "grpc-timer");
            thread.setDaemon(true);
            return thread;
          });
  private final List<EquivalentAddressGroup> addresses = new ArrayList<>();
  private final Map<Integer, Connection> connections = new HashMap<>(); // latest of each place
  private final List<Connection> fresh = new ArrayList<>();
  private final Object config;
  private final LoadBalancer policy;
  private volatile @Nullable SubchannelPicker picker;
  private List<EquivalentAddressGroup> next;
  private int known;

  GrpcChannel(String policyName, Map<String, ?> settings, int servers) {
    for (int i = 0; i < servers; i++) {
      addresses.add(address(i));
    }
    known = servers;
    next = List.copyOf(addresses);
    LoadBalancerProvider provider =
        Objects.requireNonNull(
            LoadBalancerRegistry.getDefaultRegistry().getProvider(policyName), policyName);
    config = Objects.requireNonNull(provider.parseLoadBalancingPolicyConfig(settings).getConfig());
    policy = provider.newLoadBalancer(new Helper());
    replace();
  }

  private static EquivalentAddressGroup address(int place) {
    return new EquivalentAddressGroup(new InetSocketAddress(Addresses.of(place), 80));
  }

  /** Where the server of this connection stands. */
  static int place(@Nullable Subchannel connection) {
    return ((Connection) Objects.requireNonNull(connection)).place;
  }

  SubchannelPicker picker() {
    return Objects.requireNonNull(picker);
  }

  void prepare(int place) {
    addresses.set(place, address(known++));
    next = List.copyOf(addresses);
  }

  /** Resolves to the prepared addresses, and brings new ones up. */
  void replace() {
    context.execute(
        () -> {
          Status status =
              policy.acceptResolvedAddresses(
                  ResolvedAddresses.newBuilder()
                      .setAddresses(next)
                      .setAttributes(Attributes.EMPTY)
                      .setLoadBalancingPolicyConfig(config)
                      .build());
          if (!status.isOk()) {
            throw new IllegalStateException(status.toString());
          }
          if (policy instanceof MultiChildLoadBalancer lazy && fresh.isEmpty()) {
            // ring_hash connects at the first call for a server
            lazy.getChildLbStates().forEach(child -> child.getLb().requestConnection());
          }
        });
    context.execute(
        () -> {
          List.copyOf(fresh).forEach(Connection::comeUp);
          fresh.clear();
        });
  }

  /** A connection breaks, and is there again. */
  void loseAndRegain(int place) {
    context.execute(
        () -> {
          Connection connection =
              Objects.requireNonNull(connections.get(place(addresses.get(place))));
          connection.tell(ConnectivityState.IDLE);
          connection.comeUp();
        });
  }

  private static int place(EquivalentAddressGroup address) {
    byte[] bytes = ((InetSocketAddress) address.getAddresses().get(0)).getAddress().getAddress();
    return (bytes[1] & 0xFF) << 16 | (bytes[2] & 0xFF) << 8 | (bytes[3] & 0xFF);
  }

  /** Long enough for timers of 0.1 s to have run; then they stop for good. */
  void passTime() {
    timer.shutdown(); // what is due runs; what repeats itself does not
    try {
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a timer of 0.1 s takes longer than 10 s");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One connection to one server. */
  private final class Connection extends Subchannel {
    private final int place;
    private final CreateSubchannelArgs made;
    private @Nullable SubchannelStateListener listener;

    Connection(CreateSubchannelArgs made) {
      this.made = made;
      this.place = place(made.getAddresses().get(0));
      connections.put(place, this);
      fresh.add(this);
    }

    void comeUp() {
      tell(ConnectivityState.CONNECTING);
      tell(ConnectivityState.READY);
    }

    void tell(ConnectivityState state) {
      if (listener != null) {
        listener.onSubchannelState(ConnectivityStateInfo.forNonError(state));
      }
    }

    @Override
    public void start(SubchannelStateListener newListener) {
      listener = newListener;
    }

    @Override
    public void shutdown() {
      connections.remove(place, this);
    }

    @Override
    public void requestConnection() {}

    @Override
    public List<EquivalentAddressGroup> getAllAddresses() {
      return made.getAddresses();
    }

    @Override
    public Attributes getAttributes() {
      return made.getAttributes();
    }

    @Override
    public void updateAddresses(List<EquivalentAddressGroup> newAddresses) {}

    @Override
    public ChannelLogger getChannelLogger() {
      return SILENT;
    }
  }

  /** What a policy may ask of its channel. */
  private final class Helper extends LoadBalancer.Helper {
    @Override
    public Subchannel createSubchannel(CreateSubchannelArgs args) {
      return new Connection(args);
    }

    @Override
    public void updateBalancingState(ConnectivityState state, SubchannelPicker newPicker) {
      picker = newPicker;
    }

    @Override
    public ManagedChannel createOobChannel(EquivalentAddressGroup address, String authority) {
      throw new UnsupportedOperationException("no policy here needs one");
    }

    @Override
    public SynchronizationContext getSynchronizationContext() {
      return context;
    }

    @Override
    public ScheduledExecutorService getScheduledExecutorService() {
      return timer;
    }

    @Override
    public String getAuthority() {
      return "benchmark";
    }

    @Override
    public String getChannelTarget() {
      return "benchmark";
    }

    @Override
    public ChannelLogger getChannelLogger() {
      return SILENT;
    }

    @Override
    public MetricRecorder getMetricRecorder() {
      return new MetricRecorder() {};
    }

    @Override
    public void refreshNameResolution() {}
  }

  /** One call that needs a connection. */
  static final class Call extends PickSubchannelArgs {
    private final Metadata headers;

    Call(Metadata headers) {
      this.headers = headers;
    }

    @Override
    public CallOptions getCallOptions() {
      return CallOptions.DEFAULT;
    }

    @Override
    public Metadata getHeaders() {
      return headers;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
      throw new UnsupportedOperationException("no policy here asks for the method");
    }
  }

  private static final ChannelLogger SILENT =
      new ChannelLogger() {
        @Override
        public void log(ChannelLogLevel level, String message) {}

        @Override
        public void log(ChannelLogLevel level, String format, Object... arguments) {}
      };
}
