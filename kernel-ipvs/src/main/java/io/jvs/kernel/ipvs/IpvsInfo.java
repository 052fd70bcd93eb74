package io.jvs.kernel.ipvs;

/**
 * What the kernel says of its IPVS.
 *
 * @param version three parts, eight bits each: 0x010201 is 1.2.1
 * @param connectionTableSize buckets of the connection table
 */
public record IpvsInfo(int version, long connectionTableSize) {
  /** {@code 1.2.1}. */
  public String versionText() {
    return (version >> 16 & 0xff) + "." + (version >> 8 & 0xff) + "." + (version & 0xff);
  }
}
