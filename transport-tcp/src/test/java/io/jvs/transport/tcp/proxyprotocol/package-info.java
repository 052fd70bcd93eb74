@NullMarked
package io.jvs.transport.tcp.proxyprotocol;

import org.jspecify.annotations.NullMarked;
