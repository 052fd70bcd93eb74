package io.jvs.health;

import java.net.InetSocketAddress;
import java.time.Instant;

/**
 * What checks have found about one server of one service.
 *
 * @param service the service's name
 * @param since when the verdict changed last, or checking began
 * @param reason what was seen last
 */
public record Finding(
    String service, InetSocketAddress server, boolean up, Instant since, String reason) {}
