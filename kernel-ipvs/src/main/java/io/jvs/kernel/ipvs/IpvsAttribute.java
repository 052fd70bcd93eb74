package io.jvs.kernel.ipvs;

/** Numbers of linux/ip_vs.h: commands (IPVS_CMD_*) and attributes (IPVS_CMD_ATTR_* and others). */
final class IpvsAttribute {
  static final String FAMILY_NAME = "IPVS";

  static final int NEW_SERVICE = 1;
  static final int SET_SERVICE = 2;
  static final int DEL_SERVICE = 3;
  static final int GET_SERVICE = 4;
  static final int NEW_DEST = 5;
  static final int SET_DEST = 6;
  static final int DEL_DEST = 7;
  static final int GET_DEST = 8;
  static final int NEW_DAEMON = 9;
  static final int DEL_DAEMON = 10;
  static final int GET_DAEMON = 11;
  static final int SET_CONFIG = 12;
  static final int GET_CONFIG = 13;
  static final int SET_INFO = 14;
  static final int GET_INFO = 15;
  static final int ZERO = 16;
  static final int FLUSH = 17;

  static final int CMD_SERVICE = 1;
  static final int CMD_DEST = 2;
  static final int CMD_DAEMON = 3;
  static final int CMD_TIMEOUT_TCP = 4;
  static final int CMD_TIMEOUT_TCP_FIN = 5;
  static final int CMD_TIMEOUT_UDP = 6;

  static final int SVC_AF = 1;
  static final int SVC_PROTOCOL = 2;
  static final int SVC_ADDR = 3;
  static final int SVC_PORT = 4;
  static final int SVC_FWMARK = 5;
  static final int SVC_SCHED_NAME = 6;
  static final int SVC_FLAGS = 7;
  static final int SVC_TIMEOUT = 8;
  static final int SVC_NETMASK = 9;
  static final int SVC_STATS = 10;
  static final int SVC_PE_NAME = 11;
  static final int SVC_STATS64 = 12;

  static final int DEST_ADDR = 1;
  static final int DEST_PORT = 2;
  static final int DEST_FWD_METHOD = 3;
  static final int DEST_WEIGHT = 4;
  static final int DEST_U_THRESH = 5;
  static final int DEST_L_THRESH = 6;
  static final int DEST_ACTIVE_CONNS = 7;
  static final int DEST_INACT_CONNS = 8;
  static final int DEST_PERSIST_CONNS = 9;
  static final int DEST_STATS = 10;
  static final int DEST_ADDR_FAMILY = 11;
  static final int DEST_STATS64 = 12;
  static final int DEST_TUN_TYPE = 13;
  static final int DEST_TUN_PORT = 14;
  static final int DEST_TUN_FLAGS = 15;

  static final int DAEMON_STATE = 1;
  static final int DAEMON_MCAST_IFN = 2;
  static final int DAEMON_SYNC_ID = 3;
  static final int DAEMON_SYNC_MAXLEN = 4;
  static final int DAEMON_MCAST_GROUP = 5;
  static final int DAEMON_MCAST_GROUP6 = 6;
  static final int DAEMON_MCAST_PORT = 7;
  static final int DAEMON_MCAST_TTL = 8;

  static final int INFO_VERSION = 1;
  static final int INFO_CONN_TAB_SIZE = 2;

  static final int STATE_MASTER = 1;
  static final int STATE_BACKUP = 2;

  /** In the first bits of the method; the kernel uses others for itself. */
  static final int METHOD_MASK = 0x7;

  /** The kernel sets it in every service; nobody asks for it. */
  static final int FLAG_HASHED = 0x2;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  private IpvsAttribute() {}
}
