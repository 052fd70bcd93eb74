package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.lab.InLab;
import io.jvs.model.AddressFamily;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/** Whatever a definition says, the kernel gives it back as it was. */
@InLab
@Tag(InLab.TAG)
class RandomDefinitionsTest {
  record Definition(IpvsService service, List<IpvsDestination> servers) {}

  private final IpvsTable table = open();

  private static IpvsTable open() {
    try {
      return IpvsTable.open();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Property(
      tries = 1000,
      seed = "5",
      edgeCases = EdgeCasesMode.NONE,
      shrinking = ShrinkingMode.BOUNDED)
  void definitions_come_back_from_the_kernel_as_they_were(
      @ForAll("definitions") Definition definition) throws IOException {
    ServiceKey key = definition.service().key();
    List<IpvsCommand> commands = new ArrayList<>();
    commands.add(new IpvsCommand.Flush());
    commands.add(new IpvsCommand.AddService(definition.service()));
    definition
        .servers()
        .forEach(server -> commands.add(new IpvsCommand.AddDestination(key, server)));
    assertThat(table.execute(commands)).containsOnlyNulls();
    List<IpvsDestination> newestFirst = new ArrayList<>(definition.servers());
    Collections.reverse(newestFirst);
    IpvsSnapshot snapshot = table.snapshot();
    assertThat(snapshot.entries()).hasSize(1);
    assertThat(snapshot.entries().get(0).service().service()).isEqualTo(definition.service());
    assertThat(snapshot.entries().get(0).destinations())
        .extracting(DestinationRow::destination)
        .isEqualTo(newestFirst);
    assertThat(table.execute(List.of(new IpvsCommand.Flush()))).containsOnlyNulls();
  }

  @Provide
  Arbitrary<Definition> definitions() {
    return Arbitraries.of(AddressFamily.values())
        .flatMap(
            family ->
                Combinators.combine(
                        services(family),
                        servers(family)
                            .list()
                            .ofMaxSize(5)
                            .uniqueElements(IpvsDestination::address))
                    .as(Definition::new));
  }

  private static Arbitrary<IpvsService> services(AddressFamily family) {
    Arbitrary<ServiceKey> keys =
        Arbitraries.oneOf(
            Combinators.combine(
                    Arbitraries.of(6, 17, 132, 0, 0xffff),
                    ip(family),
                    Arbitraries.integers().between(0, 0xffff))
                .as(ServiceKey.Address::new),
            Arbitraries.longs()
                .between(1, 0xffff_ffffL)
                .map(mark -> new ServiceKey.Mark(mark, family)));
    Arbitrary<Integer> netmasks =
        family == AddressFamily.IPV4
            ? Arbitraries.integers()
            : Arbitraries.integers().between(1, 128);
    return Combinators.combine(
            keys,
            Arbitraries.of(
                "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf",
                "mh"),
            Arbitraries.integers().between(0, 0x3f).map(flags -> flags & ~2),
            Arbitraries.longs().between(0, 42_949_672), // times HZ it is to fit 32 bits
            netmasks,
            Arbitraries.of("", "sip"))
        .as(
            (key, scheduler, flags, timeout, netmask, engine) ->
                new IpvsService(
                    key, scheduler, flags, timeout, netmask, engine.isEmpty() ? null : engine));
  }

  private static Arbitrary<IpvsDestination> servers(AddressFamily family) {
    Arbitrary<Integer> ports = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<Integer> weights =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 1000), Arbitraries.just(Integer.MAX_VALUE));
    Arbitrary<Long> thresholds = Arbitraries.longs().between(0, 0xffff_ffffL);
    Arbitrary<IpvsDestination> direct =
        Combinators.combine(
                ip(family),
                ports,
                Arbitraries.of(IpvsDestination.NAT, IpvsDestination.DIRECT_ROUTE),
                weights,
                thresholds,
                thresholds)
            .as(
                (ip, port, method, weight, one, other) ->
                    new IpvsDestination(
                        new InetSocketAddress(ip, port),
                        method,
                        weight,
                        Math.max(one, other),
                        Math.min(one, other),
                        0,
                        0,
                        0));
    Arbitrary<IpvsDestination> tunnelled =
        Combinators.combine(
                Arbitraries.of(AddressFamily.values()).flatMap(RandomDefinitionsTest::ip),
                ports,
                weights,
                thresholds,
                Arbitraries.integers().between(0, 2),
                Arbitraries.integers().between(1, 0xffff),
                Arbitraries.integers().between(0, 2))
            .as(
                (ip, port, weight, upper, type, tunnelPort, flags) ->
                    new IpvsDestination(
                        new InetSocketAddress(ip, port),
                        IpvsDestination.TUNNEL,
                        weight,
                        upper,
                        0,
                        type,
                        tunnelPort,
                        flags));
    return Arbitraries.oneOf(direct, tunnelled);
  }

  /** Unicast and nobody's here: the kernel looks at that. */
  private static Arbitrary<InetAddress> ip(AddressFamily family) {
    int length = family.bits() / 8;
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofSize(length)
        .map(
            bytes -> {
              bytes[0] = (byte) (length == 4 ? 11 : 0x20);
              try {
                return InetAddress.getByAddress(bytes);
              } catch (UnknownHostException e) {
                throw new AssertionError(e);
              }
            });
  }
}
