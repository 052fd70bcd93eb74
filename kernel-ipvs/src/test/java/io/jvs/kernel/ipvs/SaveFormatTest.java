package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SaveFormatTest {
  @Test
  void what_ipvsadm_saves_of_what_it_read_is_what_we_write_of_it() throws Exception {
    assertThat(SaveFormat.writeAsIpvsadm(Recorded.kinds())).isEqualTo(Recorded.text("kinds.save"));
  }

  @Test
  void what_ipvsadm_saved_is_read() throws Exception {
    SavedTable read = SaveFormat.table(SaveFormat.read(Recorded.text("kinds.save")));
    assertThat(SaveFormat.writeAsIpvsadm(read)).isEqualTo(Recorded.text("kinds.save"));
  }

  @Test
  void what_ipvsadm_loses_is_kept() throws Exception {
    SavedTable table = Recorded.kinds();
    assertThat(SaveFormat.write(table))
        .startsWith("--set 901 121 301\n")
        .contains(
            """
            -a -t 10.0.0.100:80 -r 10.9.0.3:8080 -m -w 3 -x 100 -y 80
            -a -t 10.0.0.100:80 -r 10.9.0.1:8080 -m -w 1
            """) // in the order of adding
        .endsWith(
            """
            --start-daemon master --mcast-interface eth0 --syncid 21
            --start-daemon backup --mcast-interface eth0 --syncid 255 --sync-maxlen 1400\
             --mcast-group 224.0.0.82 --mcast-port 8849 --mcast-ttl 3
            """);
    assertThat(SaveFormat.table(SaveFormat.read(SaveFormat.write(table)))).isEqualTo(table);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A -t10.0.0.1:80 -srr                                  | -A -t 10.0.0.1:80 -s rr
          --add-service --tcp-service=10.0.0.1:80                | -A -t 10.0.0.1:80 -s wlc
          ipvsadm -At 10.0.0.1:80                                | -A -t 10.0.0.1:80 -s wlc
          ipvsadm ipvsadm  -A  -t=10.0.0.1:80                    | -A -t 10.0.0.1:80 -s wlc
          -A -t 10.0.0.1:80 -p                                   | -A -t 10.0.0.1:80 -s wlc -p 360
          -A -t 10.0.0.1:80 -p5                                  | -A -t 10.0.0.1:80 -s wlc -p 5
          -A -t 10.0.0.1 -p -s rr                                | -A -t 10.0.0.1:0 -s rr -p 360
          -A -t 10.0.0.1:80 -M 255.255.255.0                     | -A -t 10.0.0.1:80 -s wlc
          -A -f -1                                               | -A -f 4294967295 -s wlc
          -A -f 5 -6 -M 64 -p 9                                  | -A -f 5 -6 -s wlc -p 9 -M 64
          -A -t fd00::1 -p 9                                     | -A -t [fd00::1]:0 -s wlc -p 9
          -A -u 1.2.3.4:5 -s mh -b mh-port,flag-3 | -A -u 1.2.3.4:5 -s mh -b mh-port,flag-3
          -E -t 10.0.0.1:80                                      | -E -t 10.0.0.1:80 -s wlc
          -a -t 10.0.0.1:80 -r 10.0.0.2                          | -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 1
          -a -t 10.0.0.1:80 -r 10.0.0.2:99 -w 2                  | -a -t 10.0.0.1:80 -r 10.0.0.2:80 -g -w 2
          -a -f 5 -r 10.0.0.2:99                                 | -a -f 5 -r 10.0.0.2:99 -g -w 1
          -a -t 10.0.0.1:80 -r [fd00::2]:80 -i                   | -a -t 10.0.0.1:80 -r [fd00::2]:80 -i -w 1 --tun-type ipip
          -e -t 10.0.0.1:80 -r 10.0.0.2:81 -mw 3 -x 9 -y 8       | -e -t 10.0.0.1:80 -r 10.0.0.2:81 -m -w 3 -x 9 -y 8
          -d -t 10.0.0.1:80 -r 10.0.0.2                          | -d -t 10.0.0.1:80 -r 10.0.0.2:80
          -D -u 10.0.0.1:80                                      | -D -u 10.0.0.1:80
          -C                                                     | -C
          -Z                                                     | -Z
          --zero --sctp-service 1.2.3.4:5                        | -Z --sctp-service 1.2.3.4:5
          --set 1 0 21474836                                     | --set 1 0 21474836
          --stop-daemon backup                                   | --stop-daemon backup
          --start-daemon=backup                                  | --start-daemon backup --mcast-interface eth0 --syncid 0
          """)
  void options_and_defaults_are_those_of_ipvsadm(String line, String expected) throws Exception {
    List<SavedLine> read = SaveFormat.read(line);
    assertThat(read).hasSize(1);
    assertThat(CommandText.of(read.get(0).command())).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -A                                              | -A without a service (expected: -t, -u, --sctp-service or -f)
          -A -t 10.0.0.1                                  | port 0 without -p (expected: a port; 0, all ports, works with persistence only)
          -A -t 10.0.0.1:80 -p 0                          | -p 0 (expected: 1 to 2678400 seconds)
          -A -t 10.0.0.1:80 -p 2678401                    | -p 2678401 (expected: 1 to 2678400 seconds)
          -A -t 10.0.0.1:80 -p x                          | -p x (expected: 0 to 4294967295)
          -A -t 10.0.0.1:80 -p 5 7                        | '7' (expected: an option, such as -t)
          -A -t 10.0.0.1:80 -o                            | -o (expected: with -u or -f only)
          -A -t 10.0.0.1:80 -w 3                          | -w does not go with -A
          -A -t 10.0.0.1:80 -6                            | -6 with -t (expected: with -f only)
          -A -t 10.0.0.1:80 -u 10.0.0.1:80                | -t and -u (expected: one of them)
          -A -t 10.0.0.1:80 -t 10.0.0.1:80                | -t twice (expected: once)
          -A -t 10.0.0.1:80 -D                            | commands [-A, -D] (expected: one of -A -E -D -a -e -d -C -Z --set --start-daemon --stop-daemon)
          -t 10.0.0.1:80                                  | no command (expected: one of -A -E -D -a -e -d -C -Z --set --start-daemon --stop-daemon)
          -L                                              | -L is no option of a command that changes the table (see ipvsadm(8))
          -A -t 10.0.0.1:80 --sch rr                      | --sch is no option of a command that changes the table (see ipvsadm(8))
          -A -t 10.0.0.1:80 -s                            | -s needs an argument
          -A -t 10.0.0.1:80 --ops=1                       | -o takes no argument
          -A -t 10.0.0.1:99999                            | -t 10.0.0.1:99999 (expected: 0 to 65535)
          -A -t [fd00::1                                  | -t [fd00::1 (expected: [IPV6-ADDRESS]:PORT)
          -A -t [10.0.0.1]:80                             | -t [10.0.0.1]:80 is IPv4 (expected: an IPv6 address in brackets; without them an IPv4 one)
          -A -t [fe80::1%lo]:80                           | -t [fe80::1%lo]:80 (expected: an IP address; 'ipvsadm-save -n' writes no names)
          -A -t web.example:80                            | -t web.example:80 (expected: an IP address; 'ipvsadm-save -n' writes no names)
          -A -t 10.0.0.1:http                             | -t 10.0.0.1:http: port 'http' (expected: 0 to 65535)
          -A -t 10.0.0.1:80 -s averylongscheduler         | -s averylongscheduler (expected: 1 to 15 characters)
          -A -t 10.0.0.1:80 -p 3 -M 24                    | -M 24 (expected: a mask such as 255.255.255.0; a length for IPv6 only)
          -A -t [fd00::1]:80 -p 3 -M 129                  | -M 129 (expected: 1 to 128)
          -A -u 10.0.0.1:80 -s mh -b sh-port              | -b sh-port: 'sh-port' (expected for scheduler mh: mh-fallback, mh-port, flag-3, joined by commas)
          -A -f 0                                         | -f 0 (expected: 1 to 4294967295)
          -A -t 10.0.0.1:80 --protocol 6                  | --protocol without --as-is
          -a -t 10.0.0.1:80                               | -a without -r (expected: -r ADDRESS)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -w -1             | -w -1 (expected: 0 to 2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -x 2147483648     | threshold 2147483648 (expected: 0 to 2147483647)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -y 4              | -y 4 above -x 0 (expected: at most as much; the kernel answers ERANGE)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -m -g             | -g and -m (expected: one of them)
          -a -t 10.0.0.1:80 -r [fd00::2]:80 -m            | fd00::2 is not IPv4 (expected: the family of the service, or -i)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -m --tun-type gre | tunnel options without -i (expected: -i too)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type vxlan | --tun-type vxlan (expected: ipip, gue or gre)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-type gue | --tun-port 0 (expected: 1 to 65535 with gue, and not with ipip and gre)
          -a -t 10.0.0.1:80 -r 10.0.0.2 -i --tun-csum     | tunnel checksum 1 (expected: none with ipip, --tun-csum with gre and gue, --tun-remcsum with gue)
          -a -t 10.0.0.1:80 -r 10.0.0.2 --as-is --tunnel 1 | --tunnel 1 (expected: TYPE:PORT:FLAGS, and no other tunnel option)
          --set 1 2                                       | --set needs three numbers
          --set 1 2 21474837                              | --set 21474837 (expected: 0 to 21474836)
          --start-daemon slave                            | --start-daemon slave (expected: master or backup)
          --start-daemon master --syncid 256              | --syncid 256 (expected: 0 to 255)
          --start-daemon master --mcast-group 10.0.0.1    | --mcast-group 10.0.0.1 (expected: a multicast address such as 224.0.0.81)
          """)
  void what_is_wrong_is_said_with_what_was_expected(String line, String message) {
    assertThatThrownBy(() -> SaveFormat.read("\n" + line))
        .isInstanceOf(SaveFormatException.class)
        .hasMessage("line 2: " + line + ": " + message);
  }

  @Test
  void all_wrong_lines_are_told_at_once_and_comments_are_none() {
    assertThatThrownBy(() -> SaveFormat.read("# made by hand\n-A\n\n-C\n -a -f 1\n"))
        .asInstanceOf(
            org.assertj.core.api.InstanceOfAssertFactories.type(SaveFormatException.class))
        .satisfies(
            e ->
                assertThat(e.problems().stream().map(SaveFormatException.Problem::line))
                    .containsExactly(2, 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A -f 1\n-A -f 1",
        "-D -f 1",
        "-E -f 1",
        "-a -f 1 -r 10.0.0.1",
        "-A -f 1\n-a -f 1 -r 10.0.0.1\n-a -f 1 -r 10.0.0.1",
        "-A -f 1\n-e -f 1 -r 10.0.0.1",
        "-A -f 1\n-d -f 1 -r 10.0.0.1",
        "--start-daemon master\n--start-daemon master",
        "--stop-daemon master"
      })
  void a_file_that_the_kernel_would_refuse_in_part_is_no_table(String text) throws Exception {
    List<SavedLine> lines = SaveFormat.read(text);
    assertThatThrownBy(() -> SaveFormat.table(lines))
        .isInstanceOf(SaveFormatException.class)
        .hasMessageStartingWith("line " + lines.size() + ": ");
  }

  @Test
  void commands_of_all_kinds_make_a_table() throws Exception {
    String text =
        """
        -A -f 1
        -C
        -A -f 2 -s rr
        -E -f 2 -s wrr
        -a -f 2 -r 10.0.0.1
        -a -f 2 -r 10.0.0.2
        -a -f 2 -r 10.0.0.3
        -e -f 2 -r 10.0.0.1 -w 7
        -d -f 2 -r 10.0.0.2
        -A -f 3
        -D -f 3
        -Z
        --set 1 2 3
        --set 0 5 0
        --start-daemon master
        --stop-daemon master
        """;
    assertThat(SaveFormat.write(SaveFormat.table(SaveFormat.read(text))))
        .isEqualTo(
            """
            --set 1 5 3
            -A -f 2 -s wrr
            -a -f 2 -r 10.0.0.1:0 -g -w 7
            -a -f 2 -r 10.0.0.3:0 -g -w 1
            """);
  }

  @Test
  void names_are_those_of_the_machine_if_asked_for(@TempDir Path directory) throws Exception {
    Path services = directory.resolve("services");
    Files.writeString(services, "domain 53/tcp\nhttp 80/tcp www # WorldWideWeb\nodd 5\n");
    Names names = Names.system(services);
    assertThat(names.host("127.0.0.1")).returns(true, InetAddress::isLoopbackAddress);
    assertThat(names.port("domain", "udp")).isEqualTo(-1);
    assertThat(Names.system(directory).port("http", "tcp")).isEqualTo(-1);
    assertThat(
            SaveFormat.read("-A -t localhost:www\n-D -t 10.0.0.1:http", names).stream()
                .map(line -> CommandText.of(line.command()))
                .collect(Collectors.toList()))
        .contains("-D -t 10.0.0.1:80")
        .first()
        .asString()
        .endsWith(":80 -s wlc");
  }

  @Test
  void control_characters_of_a_file_do_not_reach_the_terminal() {
    assertThatThrownBy(() -> SaveFormat.read("-A \u001b[31m\u0007" + "x".repeat(500)))
        .isInstanceOf(SaveFormatException.class)
        .message()
        .doesNotContain("\u001b", "\u0007")
        .hasSizeLessThan(1000);
  }
}
