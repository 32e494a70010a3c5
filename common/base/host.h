/*
 * Where a host is, by its name alone. Asks no name server. Pure.
 */
#ifndef COMMON_BASE_HOST_H
#define COMMON_BASE_HOST_H

#include <stdbool.h>

/* True for 127.0.0.0/8, ::1 and "localhost": what is sent there never leaves this machine. */
bool host_is_loopback(const char *host);

#endif
