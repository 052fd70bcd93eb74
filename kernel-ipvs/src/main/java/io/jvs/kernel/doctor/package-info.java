/**
 * Looks at a host before IPVS is to work on it, and explains what it finds.
 *
 * <p>Start reading at {@link io.jvs.kernel.doctor.Doctor}. All of it is a function of files: those
 * of {@code /proc} and {@code /sys}, or of a directory that holds copies.
 */
@NullMarked
package io.jvs.kernel.doctor;

import org.jspecify.annotations.NullMarked;
