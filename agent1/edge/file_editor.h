/*
 * Changes to files that people edit too, on a thread of its own since every write is an fsync:
 * reads the file anew, changes one entry (agent1/edge/file_entries.h), keeps everything else as it
 * stands, and writes it back whole. Edits that wait together are written together.
 */
#ifndef AGENT1_EDGE_FILE_EDITOR_H
#define AGENT1_EDGE_FILE_EDITOR_H

#include "agent1/port/effect.h"
#include "common/sys/mailbox.h"

#include <glib.h>

typedef struct FileEditor FileEditor;

/* folder is the configuration's. events is the mailbox for Event * (EVENT_FILE_EDITED), which
 * outlives the editor. */
FileEditor *file_editor_new(const char *folder, Mailbox *events);

/* Finishes what was asked for, and joins the thread. */
void file_editor_free(FileEditor *editor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FileEditor, file_editor_free)

/* Asks for one edit; copied. */
void file_editor_edit(FileEditor *editor, const EffectEditFile *edit);

#endif
