package io.jvs.scheduling;

import java.util.List;
import java.util.stream.Stream;

/**
 * What hashing answers for fourteen addresses of both families, as computed by a Linux 6.1 kernel's
 * arithmetic.
 */
final class HashVectors {
  private HashVectors() {}

  /**
   * One address.
   *
   * @param bucket of dh, and of sh without the port
   * @param localityBucket of lblc
   * @param bucketWithPort of sh with port 40000
   * @param hash of mh, without port
   * @param slot of mh, without port
   * @param hashWithPort of mh, with port 40000
   * @param slotWithPort of mh, with port 40000
   */
  record Row(
      String address,
      int folded,
      int bucket,
      int localityBucket,
      int bucketWithPort,
      int hash,
      int slot,
      int hashWithPort,
      int slotWithPort) {}

  static final List<Row> ALL =
      Stream.of(
              "0.0.0.0 00000000 0 0 163 1d5a77c2 2495 fa9ae021 1531",
              "10.0.0.1 0a000001 39 159 203 03080ce4 3711 f458b244 2940",
              "10.1.2.3 0a010203 2 10 166 2b298ba1 1263 f56f2ca4 2589",
              "127.0.0.1 7f000001 154 619 62 168fdc4d 2064 d52adf5d 3812",
              "172.16.254.9 ac10fe09 125 502 33 800faf4e 1727 4606f333 1782",
              "192.168.1.1 c0a80101 136 547 44 d3f1b4d3 2456 05cb07ea 3629",
              "192.168.1.2 c0a80102 234 938 142 06336950 811 42a83e87 107",
              "203.0.113.77 cb00714d 57 230 221 d668af81 2731 3bfba5e0 1834",
              "255.255.255.255 ffffffff 158 632 66 22c5d719 3432 abf98f78 1103",
              "::1 00000001 97 391 5 16ec66b2 979 a414caf4 1183",
              "2001:db8::1 20010db9 63 252 226 cdc3f189 3457 9d007823 3517",
              "2001:db8:0:1:2:3:4:5 20070dbf 175 701 83 86e076a4 1400 96536a08 3827",
              "fe80::1:2ff:fe03:405 008206fa 97 388 4 00af71e2 717 38e7b9a9 1819",
              "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 00000000 0 0 163 1d5a77c2 2495 fa9ae021 1531")
          .map(HashVectors::row)
          .toList();

  static final List<Row> IPV4 = ALL.subList(0, 9);
  static final List<Row> IPV6 = ALL.subList(9, 14);

  private static Row row(String line) {
    String[] cells = line.split(" +", -1);
    return new Row(
        cells[0],
        Integer.parseUnsignedInt(cells[1], 16),
        Integer.parseInt(cells[2]),
        Integer.parseInt(cells[3]),
        Integer.parseInt(cells[4]),
        Integer.parseUnsignedInt(cells[5], 16),
        Integer.parseInt(cells[6]),
        Integer.parseUnsignedInt(cells[7], 16),
        Integer.parseInt(cells[8]));
  }
}
