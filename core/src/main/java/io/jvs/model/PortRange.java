package io.jvs.model;

/**
 * The ports of a virtual address, ends included; {@link #ALL} is what ipvsadm(8) writes as port 0.
 *
 * @param first lowest port, 1 to 65535, or 0 in {@link #ALL}
 * @param last highest port, {@code first} to 65535, or 0 in {@link #ALL}
 */
public record PortRange(int first, int last) {
  /** Every port. Only a persistent service may have it, as in the kernel. */
  public static final PortRange ALL = new PortRange(0, 0);

  public PortRange {
    boolean all = first == 0 && last == 0;
    if (!all && (first < 1 || last > 65_535 || first > last)) {
      throw new IllegalArgumentException(
          (first == last ? "port " + first : "ports " + first + "-" + last)
              + " (expected: 1 to 65535, the lower one first, or 0)");
    }
  }

  /** A single port; 0 means {@link #ALL}. */
  public static PortRange of(int port) {
    return new PortRange(port, port);
  }

  public boolean contains(int port) {
    return isAll() || (port >= first && port <= last);
  }

  public boolean isAll() {
    return first == 0;
  }

  public boolean isSingle() {
    return first == last && first != 0;
  }

  /** {@code 80}, {@code 8000-8010}, or {@code 0} for all. */
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}
