package io.jvs.benchmarks.peers;

import io.grpc.Attributes;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.LoadBalancer.SubchannelPicker;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.xds.shaded.com.github.xds.data.orca.v3.OrcaLoadReport;
import io.jvs.benchmarks.Contender;
import io.jvs.benchmarks.Pool;
import io.jvs.benchmarks.Row;
import io.jvs.benchmarks.Subject;
import io.jvs.model.Flow;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * grpc-java's policies: round_robin, weighted_round_robin, least_request (of two) and ring_hash by
 * a header. A channel under which they run stands in {@link GrpcChannel}.
 */
public final class GrpcContender implements Contender {
  private static final ClientStreamTracer.StreamInfo STREAM =
      ClientStreamTracer.StreamInfo.newBuilder().build();

  @Override
  public String column() {
    return "gRPC";
  }

  @Override
  public Set<Row> rows() {
    return EnumSet.of(Row.RR, Row.WRR, Row.P2C, Row.MH);
  }

  @Override
  public Subject create(Row row, int servers) {
    GrpcChannel channel = channel(row, servers);
    return switch (row) {
      case P2C -> new Traced(channel);
      case MH -> new ByHeader(channel);
      case WRR -> {
        reportLoads(channel, row, servers);
        yield new Chosen(channel);
      }
      default -> new Chosen(channel);
    };
  }

  /** Those that can do 10,000 in reasonable time. */
  @Override
  public Pool pool(Row row, int servers) {
    return new GrpcPool(channel(row, servers));
  }

  private static GrpcChannel channel(Row row, int servers) {
    return switch (row) {
      case RR -> new GrpcChannel("round_robin", Map.of(), servers);
      case WRR ->
          new GrpcChannel(
              "weighted_round_robin",
              Map.of(
                  "blackoutPeriod", "0s",
                  "weightUpdatePeriod", "0.1s",
                  "weightExpirationPeriod", "1000s"),
              servers);
      case P2C ->
          new GrpcChannel("least_request_experimental", Map.of("choiceCount", 2.0), servers);
      case MH -> {
        System.setProperty("GRPC_EXPERIMENTAL_RING_HASH_SET_REQUEST_HASH_KEY", "true");
        yield new GrpcChannel(
            "ring_hash_experimental",
            Map.of("minRingSize", 1024.0, "maxRingSize", 4096.0, "requestHashHeader", "client"),
            servers);
      }
      default -> throw new IllegalArgumentException(row.toString());
    };
  }

  /**
   * Its weights come from what servers report at the end of a call: one report each, then the
   * weights stay as they are.
   */
  private static void reportLoads(GrpcChannel channel, Row row, int servers) {
    Metadata.Key<byte[]> key =
        Metadata.Key.of("endpoint-load-metrics-bin", Metadata.BINARY_BYTE_MARSHALLER);
    for (int i = 0; i < servers; i++) {
      PickResult result = channel.picker().pickSubchannel(GrpcChannel.CALL);
      int place = GrpcChannel.place(result.getSubchannel());
      Metadata trailers = new Metadata();
      trailers.put(
          key,
          OrcaLoadReport.newBuilder()
              .setRpsFractional(100.0 * row.weight(place))
              .setApplicationUtilization(0.5)
              .build()
              .toByteArray());
      tracer(result).inboundTrailers(trailers);
    }
    channel.passTime();
  }

  private static ClientStreamTracer tracer(PickResult result) {
    return tracer(result, new Metadata());
  }

  private static ClientStreamTracer tracer(PickResult result, Metadata headers) {
    return Objects.requireNonNull(result.getStreamTracerFactory())
        .newClientStreamTracer(STREAM, headers);
  }

  private static final class Chosen extends Subject {
    private final SubchannelPicker picker;

    Chosen(GrpcChannel channel) {
      this.picker = channel.picker();
    }

    @Override
    public @Nullable Object open(Flow flow) {
      return picker.pickSubchannel(GrpcChannel.CALL).getSubchannel();
    }

    @Override
    public int serve(Flow flow) {
      return GrpcChannel.place(picker.pickSubchannel(GrpcChannel.CALL).getSubchannel());
    }
  }

  /** The policy counts by a tracer that hears when the stream begins and ends. */
  private static final class Traced extends Subject {
    private final SubchannelPicker picker;
    private final Metadata headers = new Metadata();

    Traced(GrpcChannel channel) {
      this.picker = channel.picker();
    }

    @Override
    public Object open(Flow flow) {
      return begun(picker.pickSubchannel(GrpcChannel.CALL));
    }

    private ClientStreamTracer begun(PickResult result) {
      ClientStreamTracer tracer = tracer(result, headers);
      tracer.streamCreated(Attributes.EMPTY, headers);
      return tracer;
    }

    @Override
    public void close(Object opened, long began) {
      ((ClientStreamTracer) opened).streamClosed(Status.OK);
    }

    @Override
    public int serve(Flow flow) {
      PickResult result = picker.pickSubchannel(GrpcChannel.CALL);
      close(begun(result), 0);
      return GrpcChannel.place(result.getSubchannel());
    }
  }

  private static final class ByHeader extends Subject {
    private static final Metadata.Key<String> CLIENT =
        Metadata.Key.of("client", Metadata.ASCII_STRING_MARSHALLER);

    private final SubchannelPicker picker;

    ByHeader(GrpcChannel channel) {
      this.picker = channel.picker();
    }

    @Override
    public @Nullable Object open(Flow flow) {
      Metadata headers = new Metadata();
      headers.put(CLIENT, Long.toString(flow.clientLow()));
      return picker.pickSubchannel(new GrpcChannel.Call(headers)).getSubchannel();
    }

    @Override
    public int serve(Flow flow) {
      return GrpcChannel.place((Subchannel) open(flow));
    }
  }

  private static final class GrpcPool implements Pool {
    private final GrpcChannel channel;

    GrpcPool(GrpcChannel channel) {
      this.channel = channel;
    }

    @Override
    public void prepare(int place) {
      channel.prepare(place);
    }

    @Override
    public void replace() {
      channel.replace();
    }

    @Override
    public boolean flips() {
      return true;
    }

    @Override
    public void flip(int place) {
      channel.loseAndRegain(place);
    }
  }
}
