/**
 * The configuration file: YAML in, definitions out, or everything that is wrong with it, each with
 * its line and column.
 *
 * <p>Start reading at {@link io.jvs.launcher.configuration.ConfigurationFile}. Nothing here opens a
 * socket or asks a name server; any thread may call it.
 */
@NullMarked
package io.jvs.launcher.configuration;

import org.jspecify.annotations.NullMarked;
