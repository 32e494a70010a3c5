/*
 * The socket below an XMPP stream: its options, and whether it is quiet. libstrophe makes and
 * closes it.
 */
#ifndef AGENT1_EDGE_XMPP_SOCKET_H
#define AGENT1_EDGE_XMPP_SOCKET_H

#include <stdbool.h>

/* Sets the options of a new socket. False: it cannot serve. */
bool xmpp_socket_prepare(int fd);

/* To be called after each read: the kernel leaves quick acknowledgement by itself, and a server
 * that has Nagle's algorithm on then waits 40 ms for ours. */
void xmpp_socket_acknowledge_quickly(int fd);

/* The events of poll(2) that are ready now. */
short xmpp_socket_ready(int fd);

/* True when the other end is on this very machine: a loopback address, or the one that the socket
 * has itself. (Another address of this machine may look like one elsewhere.) */
bool xmpp_socket_stays_here(int fd);

/* Nothing more goes either way; who waits on the socket wakes up. */
void xmpp_socket_cut(int fd);

#endif
