/*
 * Where an entry stands in the files that agent1 edits beside people, and what an edit makes of it:
 * below "agents" by its name, in the array "tasks" by its "id", or the file's own members.
 * Everything else stays as it is.
 */
#ifndef AGENT1_EDGE_FILE_ENTRIES_H
#define AGENT1_EDGE_FILE_ENTRIES_H

#include "agent1/port/effect.h"
#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* The longest text that a file may have, in bytes. */
size_t file_entries_max_bytes(const char *file);

/* Does it to the parsed file. True when anything changed; false with an error when something else
 * stands there, and without when nothing was to be done. */
bool file_entries_change(Json *root, const EffectEditFile *edit, GError **error);

#endif
