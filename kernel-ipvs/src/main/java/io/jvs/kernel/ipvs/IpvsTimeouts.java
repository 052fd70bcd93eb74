package io.jvs.kernel.ipvs;

/**
 * How long idle connections are kept, in seconds, 0 to 21474836; in {@link IpvsCommand.SetTimeouts}
 * 0 leaves one as it is. For the whole network namespace ({@code ipvsadm --set}).
 */
public record IpvsTimeouts(long tcp, long tcpFin, long udp) {
  public IpvsTimeouts {
    Range.check("timeout of tcp", tcp, Range.U32);
    Range.check("timeout of tcpfin", tcpFin, Range.U32);
    Range.check("timeout of udp", udp, Range.U32);
  }
}
