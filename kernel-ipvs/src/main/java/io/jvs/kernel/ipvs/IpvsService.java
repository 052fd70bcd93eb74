package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import org.jspecify.annotations.Nullable;

/**
 * A virtual service as the kernel holds it (struct ip_vs_service_user_kern). Holds whatever a
 * kernel may answer, also what JVS would never ask for.
 *
 * @param key what it is known by
 * @param scheduler at most 15 characters, such as {@code wlc}, or {@code none}
 * @param flags {@link #PERSISTENT}, {@link #ONE_PACKET} and the scheduler's own; the kernel's
 *     internal flag 2 (hashed) is left out on reading
 * @param timeoutSeconds of persistence, 0 to 4294967295; the kernel keeps it without persistence
 *     too, and times its HZ in 32 bits, so that 42949673 (HZ 100) or 4294968 (HZ 1000) and more
 *     come back as something else
 * @param netmask which bits of the client's address count for persistence: a mask for IPv4, such as
 *     0xffffff00; a prefix length, 1 to 128, for IPv6
 * @param engine persistence engine, at most 15 characters, such as {@code sip}, or null
 */
public record IpvsService(
    ServiceKey key,
    String scheduler,
    int flags,
    long timeoutSeconds,
    int netmask,
    @Nullable String engine) {
  public static final int PERSISTENT = 0x1;
  public static final int ONE_PACKET = 0x4;

  /** Of sh: sh-fallback; of mh: mh-fallback; of others: flag-1. */
  public static final int SCHEDULER_FLAG_1 = 0x8;

  /** Of sh: sh-port; of mh: mh-port; of others: flag-2. */
  public static final int SCHEDULER_FLAG_2 = 0x10;

  /** Nobody's: flag-3. */
  public static final int SCHEDULER_FLAG_3 = 0x20;

  public IpvsService {
    Range.check("persistence timeout", timeoutSeconds, Range.U32);
  }

  /** All address bits count. */
  public static int fullNetmask(AddressFamily family) {
    return family == AddressFamily.IPV4 ? -1 : 128;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
