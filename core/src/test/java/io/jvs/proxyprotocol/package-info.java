@NullMarked
package io.jvs.proxyprotocol;

import org.jspecify.annotations.NullMarked;
