package io.jvs.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MaglevHashTest {
  @Test
  void clients_hash_as_in_the_kernel() {
    for (HashVectors.Row row : HashVectors.ALL) {
      int plain = MaglevHash.hash(row.folded(), MaglevHash.FIRST_KEY);
      int withPort = MaglevHash.hash(row.folded() + 40_000, MaglevHash.FIRST_KEY);
      assertThat(plain).as(row.address()).isEqualTo(row.hash());
      assertThat(MaglevTable.place(plain)).as(row.address()).isEqualTo(row.slot());
      assertThat(withPort).as(row.address()).isEqualTo(row.hashWithPort());
      assertThat(MaglevTable.place(withPort)).as(row.address()).isEqualTo(row.slotWithPort());
    }
  }

  @Test
  void both_keys_are_the_kernels() {
    assertThat(MaglevHash.hash(0, MaglevHash.SECOND_KEY)).isEqualTo(0xf882433f);
    assertThat(MaglevHash.hash(1, MaglevHash.SECOND_KEY)).isEqualTo(0x8210aad1);
    assertThat(MaglevHash.hash(0x0a091b59, MaglevHash.FIRST_KEY)).isEqualTo(0x6bdc41ec);
    assertThat(MaglevHash.hash(0x0a091b59, MaglevHash.SECOND_KEY)).isEqualTo(0x3bbdf6c6);
    assertThat(MaglevHash.hash(0xffffffff, MaglevHash.SECOND_KEY)).isEqualTo(0xf75a0f5d);
  }
}
