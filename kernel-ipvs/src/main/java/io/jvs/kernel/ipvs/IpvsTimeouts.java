package io.jvs.kernel.ipvs;

/**
 * How long idle connections are kept, in seconds, 0 to 21474836; in {@link IpvsCommand.SetTimeouts}
 * 0 leaves one as it is. For the whole network namespace ({@code ipvsadm --set}).
 */
public record IpvsTimeouts(long tcp, long tcpFin, long udp) {}
