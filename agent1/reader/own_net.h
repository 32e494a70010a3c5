/*
 * The addresses of this machine and of the networks that it is in, as they were when the reader
 * began: what answers there is the house's own, however public the address is.
 */
#ifndef AGENT1_READER_OWN_NET_H
#define AGENT1_READER_OWN_NET_H

#include <stdbool.h>
#include <sys/socket.h>

/* Asks the kernel; before the reader gives its rights up. Where it does not tell, none is known. */
void own_net_learn(void);

/* NULL, or what it is: "this machine's", "this network's". Static. */
const char *own_net_judge(const struct sockaddr *address);

/* Whether the address is in the network that the other and its mask name. */
bool own_net_has(const struct sockaddr *net, const struct sockaddr *mask,
                 const struct sockaddr *address);

#endif
