/*
 * The error domain of the pure layers and of configuration: one code per kind of remedy.
 *
 * The message says what was found and what was expected, in words for the person who can mend it.
 * Low code returns errors and never logs; who stops an error logs it, once.
 */
#ifndef COMMON_BASE_PROBLEM_H
#define COMMON_BASE_PROBLEM_H

#include <glib.h>

#define PROBLEM (problem_quark())

typedef enum {
    PROBLEM_SYNTAX,   /* does not parse */
    PROBLEM_TYPE,     /* parses, but a value has another type than expected */
    PROBLEM_VALUE,    /* right type, not an allowed value */
    PROBLEM_MISSING,  /* a required part is absent */
    PROBLEM_LIMIT,    /* longer, deeper or more than a limit allows */
    PROBLEM_REFUSED,  /* authentic form, but not acceptable (bad tag, unknown key, retained) */
    PROBLEM_IO,       /* the system refused: file, socket, process */
    PROBLEM_FULL,     /* no space left on the device */
    PROBLEM_CHANGED,  /* somebody else was quicker: read it anew */
    PROBLEM_BUSY,     /* no descriptor is left: later it may work */
    PROBLEM_INTERNAL, /* our own fault */
} Problem;

GQuark problem_quark(void);

/* Sets `"<found>": expected <expected>`. found may be any text from outside: it is made harmless
 * and cut to one short line. A reader of a larger thing puts the path before it (g_prefix_error()).
 */
void problem_set_expected(GError **error, Problem code, const char *found, const char *expected);

#endif
