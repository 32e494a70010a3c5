/*
 * What the sources of our main loops have in common.
 */
#ifndef COMMON_SYS_LOOP_H
#define COMMON_SYS_LOOP_H

#include <glib-unix.h>

/* GLib takes the descriptors of a source that may not recurse out of the poll set while it is
 * dispatched, and each time wakes its own loop by an eventfd: two writes, a read and a turn for
 * nothing. No handler of ours runs a loop, so none can recurse. Before the source is attached or
 * after. */
void loop_spare_turns(GSource *source);

/* Calls handler in the default main context while fd is readable, until g_source_remove() of what
 * it returns, which is never 0. */
guint loop_watch(int fd, GUnixFDSourceFunc handler, void *data);

#endif
