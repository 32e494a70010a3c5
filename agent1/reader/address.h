/*
 * Which addresses belong to the public Internet: those that IANA's registries of special purpose
 * addresses (RFC 6890 and its successors) do not keep for anything else, and no address at which a
 * cloud answers its own machines with credentials. An address that carries one of IPv4 (mapped, of
 * NAT64, of 6to4) is what the carried one is. Pure.
 */
#ifndef AGENT1_READER_ADDRESS_H
#define AGENT1_READER_ADDRESS_H

#include <sys/socket.h>

/* NULL for a public address, else what it is: "loopback", "private", "link-local". Static. */
const char *address_judge(const struct sockaddr *address);

#endif
