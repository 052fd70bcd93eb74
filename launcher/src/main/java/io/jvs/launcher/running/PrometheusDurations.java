package io.jvs.launcher.running;

import io.jvs.balancing.DurationHistogram;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Timing;
import io.jvs.director.DirectorListener;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long connections take as histograms of Prometheus, {@code
 * jvs_connection_duration_seconds_bucket} and so on: Micrometer has no way to publish a histogram
 * that somebody else keeps. Any thread.
 */
final class PrometheusDurations implements DirectorListener, Collector {
  private static final String NAME = "jvs_connection_duration_seconds";

  private static final String HELP = "How long connections took";

  private final Set<LoadBalancer> services = ConcurrentHashMap.newKeySet();

  private PrometheusDurations() {}

  static PrometheusDurations in(PrometheusRegistry registry) {
    PrometheusDurations durations = new PrometheusDurations();
    registry.register(durations);
    return durations;
  }

  @Override
  public void serviceStarted(LoadBalancer balancer) {
    services.add(balancer);
  }

  @Override
  public void serviceStopped(LoadBalancer balancer) {
    services.remove(balancer);
  }

  @Override
  public MetricFamilyDescriptor getMetricFamilyDescriptor() {
    return MetricFamilyDescriptor.histogram(NAME)
        .help(HELP)
        .unit(Unit.SECONDS)
        .labelNames("part", "service")
        .build();
  }

  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder all =
        HistogramSnapshot.builder().name(NAME).help(HELP).unit(Unit.SECONDS);
    for (LoadBalancer service : services) {
      for (Timing part : Timing.values()) {
        all.dataPoint(
            point(
                Labels.of("part", part.toString(), "service", service.service().name()),
                service.durations(part)));
      }
    }
    return all.build();
  }

  private static HistogramDataPointSnapshot point(Labels labels, DurationHistogram.Snapshot seen) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    for (Duration bound : DurationHistogram.BOUNDS) {
      long upTo = seen.atMost(bound);
      buckets.bucket(bound.toNanos() / 1e9, upTo - below);
      below = upTo;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, seen.count() - below);
    HistogramDataPointSnapshot.Builder point = HistogramDataPointSnapshot.builder();
    point.classicHistogramBuckets(buckets.build()).labels(labels);
    point.sum(seen.sum().toNanos() / 1e9);
    return point.build();
  }
}
