/*
 * Changes to files that people edit too. Each is a row until the file has it, and what it says is
 * in force from the moment it is decided. It is handed to the edge once: handed over again it could
 * undo what a person wrote meanwhile. Only one that failed is tried again.
 */
#ifndef AGENT1_FLOW_STATE_EDITS_H
#define AGENT1_FLOW_STATE_EDITS_H

#include "agent1/flow/state/core_state.h"
#include "common/data/json.h"

/* As of EffectEditFile: name may be NULL, members is JSON. */
void edits_make(Core *core, const char *file, const char *name, const char *members);

/* Those of this entry that are not written yet need not be any more. */
void edits_drop(Core *core, const char *file, const char *name);

/* agent1 starts: nothing is known of any. */
void edits_send_all(Core *core);

/* Those that could not be written, since the file may be mended now. */
void edits_send_failed(Core *core);

/* What one says; NULL when that is nothing. The caller owns it. */
Json *edits_members(const Row *edit);

/* Who acts by the schedule that this edit writes; NULL: it is of another kind, or nobody does. The
 * caller owns it. */
char *edits_user(const Core *core, const char *id);

/* Does one to a list of entries, as the edge does it to the file. */
void edits_apply_task(GPtrArray *list, const Zones *zones, const char *id, const Json *members);

/* The edge's answer: true when one failed that still waits. Of one that was written to
 * tasks_schedule.json the core knows as if it had read that anew. */
bool edits_take(Core *core, const EventFileEdited *edited);

#endif
