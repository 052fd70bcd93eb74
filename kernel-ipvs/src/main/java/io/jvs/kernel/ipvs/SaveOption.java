package io.jvs.kernel.ipvs;

import org.jspecify.annotations.Nullable;

/** Commands and options of ipvsadm(8) that change the table, and the few that JVS adds. */
enum SaveOption {
  ADD_SERVICE('A', "add-service"),
  EDIT_SERVICE('E', "edit-service"),
  DELETE_SERVICE('D', "delete-service"),
  CLEAR('C', "clear"),
  ADD_SERVER('a', "add-server"),
  EDIT_SERVER('e', "edit-server"),
  DELETE_SERVER('d', "delete-server"),
  ZERO('Z', "zero"),
  SET("set", 3),
  START_DAEMON("start-daemon", 1),
  STOP_DAEMON("stop-daemon", 1),

  TCP_SERVICE('t', "tcp-service", 1),
  UDP_SERVICE('u', "udp-service", 1),
  SCTP_SERVICE("sctp-service", 1),
  FWMARK_SERVICE('f', "fwmark-service", 1),
  IPV6('6', "ipv6"),
  SCHEDULER('s', "scheduler", 1),
  PERSISTENT('p', "persistent", SaveOption.PERHAPS_ONE),
  NETMASK('M', "netmask", 1),
  ENGINE("pe", 1),
  ONE_PACKET('o', "ops"),
  SCHEDULER_FLAGS('b', "sched-flags", 1),
  REAL_SERVER('r', "real-server", 1),
  GATEWAYING('g', "gatewaying"),
  IPIP('i', "ipip"),
  MASQUERADING('m', "masquerading"),
  TUNNEL_TYPE("tun-type", 1),
  TUNNEL_PORT("tun-port", 1),
  TUNNEL_NO_CHECKSUM("tun-nocsum", 0),
  TUNNEL_CHECKSUM("tun-csum", 0),
  TUNNEL_REMOTE_CHECKSUM("tun-remcsum", 0),
  WEIGHT('w', "weight", 1),
  UPPER('x', "u-threshold", 1),
  LOWER('y', "l-threshold", 1),
  SYNC_ID("syncid", 1),
  INTERFACE("mcast-interface", 1),
  GROUP("mcast-group", 1),
  GROUP_PORT("mcast-port", 1),
  GROUP_TTL("mcast-ttl", 1),
  MAX_LENGTH("sync-maxlen", 1),

  /**
   * JVS's own: the row is as the kernel has it, also where ipvsadm(8) would refuse or change it.
   */
  AS_IS("as-is", 0),
  /** JVS's own, with AS_IS: number of the IP protocol, in place of that of -t. */
  PROTOCOL("protocol", 1),
  /** JVS's own, with AS_IS: number of the forwarding method. */
  METHOD("method", 1),
  /** JVS's own, with AS_IS: the three numbers of a tunnel, TYPE:PORT:FLAGS. */
  TUNNEL("tunnel", 1);

  /** In place of the number of arguments: one that does not begin with a hyphen, or none. */
  static final int PERHAPS_ONE = -1;

  private final char letter; // 0 for none
  private final String word;
  private final int arguments;

  SaveOption(char letter, String word, int arguments) {
    this.letter = letter;
    this.word = word;
    this.arguments = arguments;
  }

  SaveOption(char letter, String word) {
    this(letter, word, 0);
  }

  SaveOption(String word, int arguments) {
    this((char) 0, word, arguments);
  }

  int arguments() {
    return arguments;
  }

  boolean isCommand() {
    return compareTo(STOP_DAEMON) <= 0;
  }

  /** Of those with a letter the letter. */
  @Override
  public String toString() {
    return letter == 0 ? "--" + word : "-" + letter;
  }

  static @Nullable SaveOption ofWord(String word) {
    for (SaveOption each : values()) {
      if (each.word.equals(word)) {
        return each;
      }
    }
    return null;
  }

  static @Nullable SaveOption ofLetter(char letter) {
    for (SaveOption each : values()) {
      if (each.letter == letter) {
        return each;
      }
    }
    return null;
  }
}
