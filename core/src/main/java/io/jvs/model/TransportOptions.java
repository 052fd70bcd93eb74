package io.jvs.model;

/**
 * What only one kind of transport understands of a service, such as the options of its sockets. The
 * transport that carries the service says which class it expects, and refuses others. To be
 * compared by {@code equals}: a difference is a change of the service.
 */
public interface TransportOptions {}
