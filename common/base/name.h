/*
 * Names of agents and sessions, as they stand in topics: [a-z0-9_-]{1,32}. Pure.
 */
#ifndef COMMON_BASE_NAME_H
#define COMMON_BASE_NAME_H

#include <stdbool.h>

/* True when the text is a name by its characters and length. */
bool name_is_valid(const char *name);

/* True for the words that topics use themselves (agent1, cli, status, …), which no agent may have.
 */
bool name_is_reserved(const char *name);

/* True when the text is a session of agentctl: 16 to 32 characters of the name alphabet. */
bool name_is_session(const char *session);

/* True for a ULID in its canonical form: 26 characters of Crockford's base 32, upper case. */
bool name_is_ulid(const char *text);

#endif
