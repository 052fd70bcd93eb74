package io.jvs.kernel.ipvs;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the kernel that tells other directors of connections, or hears of them ({@code
 * ipvsadm --start-daemon}).
 *
 * @param role one of each may run
 * @param syncId 0 to 255; a backup takes messages of its own id, and with 0 all
 * @param networkInterface at most 15 characters, such as {@code eth0}
 * @param maxLength bytes of a message, 0 to 65535; 0 for the kernel's default
 * @param group multicast group, or null for the kernel's default, 224.0.0.81
 * @param port 0 to 65535; 0 for the kernel's default, 8848
 * @param ttl 0 to 255; 0 for the kernel's default, 1
 */
public record SyncDaemon(
    Role role,
    int syncId,
    String networkInterface,
    int maxLength,
    @Nullable InetAddress group,
    int port,
    int ttl) {
  public SyncDaemon {
    Range.check("sync id", syncId, Range.U8);
    Range.check("sync message length", maxLength, Range.U16);
    Range.check("multicast port", port, Range.U16);
    Range.check("multicast ttl", ttl, Range.U8);
  }

  /** What it does. */
  public enum Role {
    MASTER,
    BACKUP
  }
}
