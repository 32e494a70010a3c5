/*
 * Where an address leads, for requests whose URL comes from somebody who is not trusted.
 */
#ifndef COMMON_NET_HTTP_ADDRESS_H
#define COMMON_NET_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True for what never leaves this machine or its link: loopback, unspecified and link-local
 * addresses (RFC 6890), also those of IPv4 within IPv6, and every family but these two. */
bool http_address_is_local(const struct sockaddr *address);

#endif
