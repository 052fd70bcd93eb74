/**
 * Connection templates: who follows whom, until when.
 *
 * <p>Start reading at {@link io.jvs.persistence.TemplateTable}. Not exported from the module: only
 * the load balancer uses it. All methods may be called by any thread; none blocks.
 */
@NullMarked
package io.jvs.persistence;

import org.jspecify.annotations.NullMarked;
