package io.jvs.feedback;

import io.jvs.model.RealServer;
import io.jvs.model.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Load reports as they come in with responses, and the weights that follow from the latest of each
 * server. Make one per service, declare it as the source of a feedback whose meaning is weights,
 * and give it each response's header. Any thread.
 *
 * <pre>{@code
 * LoadReports reports = new LoadReports();
 * service.feedback(FeedbackDeclaration.of(reports, Meaning.WEIGHT));
 * …
 * response.headers().firstValue(LoadReport.HEADER)
 *     .ifPresent(header -> reports.report(server, header));
 * }</pre>
 */
public final class LoadReports implements LoadMeasure {
  private static final System.Logger LOG = System.getLogger(LoadReports.class.getName());

  private final Ticker ticker;
  private final Duration expiry;
  private final double errorPenalty;
  private final Map<InetSocketAddress, Latest> latest = new ConcurrentHashMap<>();
  private volatile boolean complained;

  private record Latest(LoadReport report, long nanoTime) {}

  /** As gRFC A58 has it: reports are forgotten after 3 minutes, and errors count once. */
  public LoadReports() {
    this(Ticker.system(), Duration.ofMinutes(3), 1);
  }

  /**
   * With time from outside.
   *
   * @param expiry after which a server's report tells nothing any more, more than 0
   * @param errorPenalty see {@link LoadReport#weight}
   */
  public LoadReports(Ticker ticker, Duration expiry, double errorPenalty) {
    if (expiry.isNegative() || expiry.isZero()) {
      throw new IllegalArgumentException(
          "load reports with expiry " + expiry + " (expected: more than 0)");
    }
    if (!(errorPenalty >= 0)) {
      throw new IllegalArgumentException(
          "load reports with error penalty " + errorPenalty + " (expected: 0 or more)");
    }
    this.ticker = ticker;
    this.expiry = expiry;
    this.errorPenalty = errorPenalty;
  }

  /**
   * A header's value, as {@link LoadReport#parse} reads it. One that cannot be read is ignored, as
   * it must not fail a response that is fine; the first one is logged.
   */
  public void report(RealServer server, String header) {
    try {
      report(server, LoadReport.parse(header));
    } catch (IllegalArgumentException e) {
      if (!complained) {
        complained = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "{0}: {1}; such reports are ignored",
            server.name(),
            e.getMessage());
      }
    }
  }

  /** A report that came some other way. */
  public void report(RealServer server, LoadReport report) {
    latest.put(server.address(), new Latest(report, ticker.nanoTime()));
  }

  /** The server's weight by its latest report; NaN without one, or if it is too old. */
  @Override
  public double measure(RealServer server) {
    Latest known = latest.get(server.address());
    if (known == null) {
      return Double.NaN;
    }
    if (ticker.nanoTime() - known.nanoTime > expiry.toNanos()) {
      latest.remove(server.address(), known); // it may have left for good
      return Double.NaN;
    }
    return known.report.weight(errorPenalty);
  }

  @Override
  public String kind() {
    return "load reports";
  }

  @Override
  public String toString() {
    return kind();
  }
}
