/** Tests of TLS. */
@NullMarked
package io.jvs.checks.tls;

import org.jspecify.annotations.NullMarked;
