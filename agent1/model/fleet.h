/*
 * What the accepted agents told of themselves: journal, session, state, skills, and what is wished
 * of them. Who they are and whether they are trusted is agent1/model/registry.h.
 */
#ifndef AGENT1_MODEL_FLEET_H
#define AGENT1_MODEL_FLEET_H

#include "common/data/bucket.h"
#include "common/data/json.h"
#include "common/wire/message.h"
#include "common/wire/update_news.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct FleetAgent {
    char *name;
    char *key; /* the key that registered */
    char *journal;
    char *former;    /* journals it had before, newest first, with spaces between; or NULL */
    int64_t session; /* of the last status */
    int64_t seq;
    int64_t registered_session; /* of the last register */
    int64_t registered_seq;
    char *register_id; /* of the last register; NULL: of an earlier start of agent1 */
    AgentState state;
    int64_t since_ms;    /* when that state began, by its own word or ours */
    int64_t heard_ms;    /* the last authentic frame; 0: never */
    int64_t control_seq; /* the last one given out */
    bool is_pause_wished;
    char *paused_by;   /* the user who wished it; NULL: nobody does, or an older agent1 noted it */
    int64_t paused_ms; /* when; 0: as above */
    char *version;
    char *host;
    char *boot_id;
    char *policy_hash;
    Json *skills; /* as in register; NULL: none known */
    int64_t running;
    int64_t queued;
    int64_t clock_offset_ms; /* MESSAGE_ABSENT: within bounds */
    char *query_id;          /* the query whose answer is awaited; NULL: none */
    int64_t query_due_ms;    /* when it is asked (again); INT64_MAX: not at all */
    unsigned query_sent;
    Bucket notes; /* what it may make agent1 write down beyond its own runs */
    /* What people are told of its coming and going (agent1/flow/fleet/absence.h). */
    int64_t told_ms;        /* when the absence began that they know of; 0: of none */
    int64_t unreported_day; /* the last day of which they know that its report is missing */
    int64_t back_ms;        /* when it was seen again after that absence; 0: not yet */
    int64_t heard_boot_ms;  /* as heard_ms, by a clock that nobody sets; 0: of an earlier start */
    int64_t roused_ms;      /* when it was asked for a sign of life; 0: not since its last one */
    unsigned drops;         /* how often it was lost since first_drop_ms */
    int64_t first_drop_ms;
    int64_t last_drop_ms;
    bool is_unsteady; /* people know that it comes and goes */
    /* What it gives no sign of getting (agent1/flow/fleet/unheard.h). */
    int64_t unheard_ms;      /* when that was first seen; 0: all is well */
    int64_t unheard_boot_ms; /* the same by a clock that nobody sets */
    int64_t unheard_last_ms; /* when it was last seen, by that clock */
    bool is_unheard_told;    /* people know of it */
    UpdateNews *update;      /* what was last learned of a newer version; NULL: nothing */
} FleetAgent;

typedef struct Fleet Fleet;

Fleet *fleet_new(void);
void fleet_free(Fleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fleet, fleet_free)

/* Borrowed, or NULL. */
FleetAgent *fleet_find(const Fleet *fleet, const char *name);

/* The one of that name, made if need be. */
FleetAgent *fleet_get(Fleet *fleet, const char *name);

void fleet_remove(Fleet *fleet, const char *name);

/* Every one, in order of the alphabet: borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *fleet_list(const Fleet *fleet);

typedef enum {
    FLEET_NEWER,       /* take it */
    FLEET_EQUAL,       /* known already */
    FLEET_OLDER,       /* a repeat from the past, or a journal restored from a backup */
    FLEET_NEW_JOURNAL, /* another journal than the last one: all it held before is lost */
} FleetOrder;

/* Where a status, or a register, with this journal, session and seq stands against what is known.
 * A journal that the agent had before the present one is older. Both kinds share the session but
 * not the order of arrival: a status may overtake its register. */
FleetOrder fleet_compare_status(const FleetAgent *agent, const char *journal, int64_t session,
                                int64_t seq);
FleetOrder fleet_compare_register(const FleetAgent *agent, const char *journal, int64_t session,
                                  int64_t seq);

/* Takes a journal, remembering the last 16 former ones. */
void fleet_set_journal(FleetAgent *agent, const char *journal);

/* The skill's object in what the agent registered, or NULL. */
const Json *fleet_skill(const FleetAgent *agent, const char *name);

/* "apt.update, apt.upgrade, shell", or NULL when it offers none. The caller owns it. */
char *fleet_skills_text(const FleetAgent *agent);

/* The skill, other than the shell, whose name is nearest to a task's first word, or NULL. The
 * caller owns it. */
char *fleet_nearest_skill(const FleetAgent *agent, const char *task);

#endif
