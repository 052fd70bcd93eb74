package io.jvs.kernel.ipvs;

import org.jspecify.annotations.Nullable;

/**
 * How a transport and the kernel get on.
 *
 * @param trouble why the kernel cannot be asked at the moment, or null
 * @param services of ours in the table, those that are leaving included
 * @param destinations likewise
 * @param leaving of the destinations those that wait for their connections to end
 * @param steps changes of the table made so far
 * @param rejected changes that the kernel refused so far
 * @param mended services put right so far after somebody else had changed them
 */
public record IpvsStatus(
    @Nullable String trouble,
    int services,
    int destinations,
    int leaving,
    long steps,
    long rejected,
    long mended) {}
