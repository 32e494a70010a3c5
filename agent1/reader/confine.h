/*
 * What keeps the reader, which parses what strangers wrote, from everything but that: limits of
 * resources, no new privileges, no program and no process, no file but those that look-up of names
 * and decoding need (Landlock; where the kernel has none: no file at all), no port but those of the
 * web and of name servers, and of all calls of the kernel only those that fetching needs (seccomp).
 * What it may not do fails with EPERM.
 */
#ifndef AGENT1_READER_CONFINE_H
#define AGENT1_READER_CONFINE_H

#include <glib.h>
#include <stdbool.h>

/* Confines this process for good: to be called before anything from outside is read. ports: of
 * `unsigned`, to be allowed besides the web's. PROBLEM_IO: it could not be done, and nothing from
 * outside may be read. has_landlock, or NULL, gets whether files are judged one by one. */
bool confine_process(const GArray *ports, bool *has_landlock, GError **error);

#endif
