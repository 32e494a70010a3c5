/*
 * The state of the core, shared by the flows beside it and by nobody else.
 */
#ifndef AGENT1_FLOW_STATE_CORE_STATE_H
#define AGENT1_FLOW_STATE_CORE_STATE_H

#include "agent1/flow/state/ledger.h"
#include "agent1/flow/state/speaker.h"
#include "agent1/model/fleet.h"
#include "agent1/model/hours.h"
#include "agent1/model/model_chain.h"
#include "agent1/model/outbox.h"
#include "agent1/model/registry.h"
#include "agent1/model/report_times.h"
#include "agent1/model/rulebook.h"
#include "agent1/model/run.h"
#include "agent1/model/runs.h"
#include "agent1/model/task_list.h"
#include "agent1/model/users.h"
#include "agent1/port/effect.h"
#include "agent1/port/event.h"
#include "agent1/port/settings.h"
#include "agent1/words/words.h"
#include "common/base/ids.h"
#include "common/data/bucket.h"

#include <glib.h>

typedef struct Core Core; /* as in core.h, which the flows do not see */

/* What is shown of agent1 on XMPP (agent1/flow/voice/presence.h). */
typedef struct Presence {
    char *text;       /* NULL: nothing yet */
    const char *show; /* static */
    int64_t due_ms;   /* when to look again; INT64_MAX: nothing happened since */
    int64_t look_ms;  /* not before this */
    int64_t show_ms;  /* nothing new is shown before this */
} Presence;

/* Those who may answer are to hear of an approval (agent1/flow/gate/approval_notices.h). */
typedef struct ApprovalNews {
    char *run;
    const char *begin; /* static: "", "Reminder: " */
} ApprovalNews;

/* The vectors of notes that are being made (agent1/flow/state/vectors.h). */
typedef struct VectorWork {
    char *model;          /* as the configuration has it; NULL: nobody makes any */
    char *call;           /* that is under way; NULL: none is */
    GPtrArray *rows;      /* of TABLE_VECTORS, without their vectors: what it asks about; NULL: it
                             only tries whoever makes them */
    bool is_asking;       /* the store, for notes without a vector, or that were refused */
    bool is_forgiving;    /* notes that were refused are to be tried again */
    unsigned alone;       /* so many are asked about one at a time */
    unsigned skip;        /* so many of those made a call fail: the others come first */
    unsigned passes;      /* times in a row that only such were left */
    bool is_doubted;      /* a text got no vector: does any? That is tried next */
    Row *doubted;         /* of TABLE_VECTORS: the note whose text that was; NULL: of no note */
    EmbedTrouble refusal; /* … and why it got none */
    unsigned doubts;      /* such notes, since one got its vector */
    unsigned failures;    /* in a row; 0: it is well, as far as anybody knows */
    int64_t failed_ms;    /* when the first of them was */
    EmbedTrouble trouble; /* the last of them */
    int64_t rest_ms;      /* since boot: nobody is asked before this */
    int64_t due_ms;       /* when there may be something to do */
} VectorWork;

struct Core {
    /* What people wrote. */
    Settings *settings;
    Users *users;
    Registry *registry;
    GPtrArray *blackouts; /* Window * */
    Rulebook *rulebook;
    ReportTimes *report_times;
    GPtrArray *task_list;  /* TaskEntry * */
    GPtrArray *tasks_read; /* the same as the file has them, without the edits that are open */
    GPtrArray *task_warnings;
    char *namings;      /* the ids for those that have none in the file; NULL: it knows them */
    bool are_tasks_new; /* since the schedules were settled */
    GTimeZone *zone;    /* the installation's */
    char *zone_name;
    char *zone_problem;      /* why that may not be the host's; NULL: nothing */
    char *zone_problem_told; /* what of that admins were told */
    Zones *zones;            /* that files name, or people did since the start */
    char *warnings;          /* what to mend in them, though they are good; NULL: nothing */
    char *warnings_told;     /* what of that people were told, or need not be; NULL: nothing */
    char *reload_error;      /* why what they wrote since is not in use; NULL: it is */
    int64_t reload_error_ms; /* since when */

    /* What the store holds: its live rows. */
    Runs *runs; /* Run * */
    Outbox *outbox;
    Fleet *fleet;
    GHashTable *plans; /* id → Plan *, those that are not over (agent1/flow/runs/plans.h) */
    Ledger *ledgers[TABLE_COUNT]; /* NULL for tables that have a model of their own */

    /* The present step. */
    Effects *fx;
    Language language; /* of whoever is spoken to; between two people the installation's */
    int64_t now_ms;
    int64_t boot_ms;
    Ids ids;

    /* What lasts as long as the process. */
    bool is_up[LINK_COUNT];
    int64_t link_since_ms[LINK_COUNT];
    int64_t started_ms;
    int64_t epoch;
    GHashTable *pending; /* cookie → Pending * (agent1/flow/state/pending.h) */
    uint64_t last_cookie;
    char *last_id;        /* the last that was made: they rise within a millisecond; NULL: none */
    GHashTable *clients;  /* full JID → Client * (agent1/flow/doors/contacts.h) */
    GHashTable *stops;    /* conversation → when, since boot (agent1/flow/state/stops.h) */
    GHashTable *consoles; /* session → Console * (agent1/flow/voice/consoles.h) */
    GHashTable
        *failed_edits; /* ids of edits that could not be written (agent1/flow/state/edits.h) */
    Presence presence;
    uint64_t share_max_bytes; /* of a file on the XMPP server; 0: it takes none */
    GHashTable *lives;        /* id of a saying → Live * (agent1/flow/voice/live_message.h) */
    GHashTable *lives_by_run; /* run id → Live *, of the above */
    int64_t lives_due_ms;     /* when one of them is to be corrected */
    GHashTable *notices; /* what was said to whom → when, for limits (agent1/flow/voice/say.h) */
    GHashTable *registrations; /* key → the last register Message * of a key that waits */
    GHashTable *progress;      /* run id → Progress * (agent1/flow/state/progress.h) */
    struct HomeAssistant *home_assistant; /* agent1/flow/doors/home_assistant.h */
    struct ScheduleBook *schedules;       /* agent1/flow/schedules/schedule_book.h */
    int64_t queries_due_ms;               /* when the next agent is asked about its runs */
    int64_t runs_due_ms;                  /* when a live run is worth a look for its time alone */
    GPtrArray *approval_news;             /* ApprovalNews *, to be told at the end of this step */
    int64_t approvals_due_ms;  /* when an approval is worth a look: a reminder, its expiry */
    int64_t housekeeping_ms;   /* when old rows are dropped, and failed edits tried again */
    int64_t chats_sweep_ms;    /* when old chat ids are forgotten next */
    Bucket strangers;          /* answers to people and keys that nobody knows, all together */
    uint64_t refused_count;    /* messages that admission turned away */
    uint64_t turned_away;      /* those that the gateway refused before: no frames, unknown keys */
    GHashTable *awaited;       /* the ids of runs that others wait for, or did */
    GHashTable *report_asks;   /* agent → ReportAsk * (agent1/flow/daily/daily.c) */
    int64_t reports_due_ms;    /* when an agent is asked, or the compiled report is due */
    bool is_compiling;         /* the figures of the daily report were asked for */
    GHashTable *notice_limits; /* user name → Bucket * (agent1/flow/voice/notices.h) */
    int64_t notice_place;      /* of the last that was kept back; 0: not counted yet */
    int64_t notices_due_ms;    /* when somebody hears what was kept back */
    int64_t broker_boot_ms;    /* since when the broker is there, by a clock that nobody sets */
    GPtrArray *update_rounds;  /* UpdateRound * (agent1/flow/state/update_rounds.h) */
    GHashTable *talks;         /* call id → Talk * (agent1/flow/state/talks.h) */
    bool has_found;            /* something was looked up for one of them */
    int64_t streams_due_ms;    /* when more of an answer is to be shown */
    int64_t recollections_due_ms; /* when a question goes without the notes that are looked for */
    VectorWork vectors;
    GHashTable *searches;    /* id → Search * (agent1/flow/state/searches.h) */
    int64_t searches_due_ms; /* when one of them goes on without a vector */
    GHashTable *recalled;    /* ids of notes that were told, which their rows do not say yet */
    GHashTable *pages;       /* call id → PageAsk * (agent1/flow/state/pages.h) */
    ModelChain *model_chain; /* which language models may be asked */
    char *chain_text;        /* the chain that it was made for; NULL: none yet */
    GPtrArray *update_asks;  /* UpdateAsk *, in the order of asking */
    int64_t absences_due_ms; /* when an agent may have been gone, or silent, for too long */
};

/* All live runs are looked at together, when the first one's time comes, and not more often than
 * this. */
#define RUNS_LOOK_MS 1000

/* Files that agent1 edits besides the registry. */
#define REPORTS_FILE "reports_schedule.json"
#define TASKS_FILE   "tasks_schedule.json"

/* Releases what people wrote. */
void core_drop_files(Core *core);

/* Facts by name in TABLE_META. */
#define META_EPOCH          "epoch"
#define META_NUMBER         "run_number"
#define META_PLAN           "plan_number"
#define META_SUBSCRIPTION   "subscription_number"
#define META_STANDBY        "standby"
#define META_CONTROL        "control_seq"    /* the highest number that any agent's control had */
#define META_HOME_ASSISTANT "home_assistant" /* the documents that it was told, by topic */

const char *core_meta(const Core *core, const char *name); /* NULL when not set */
void core_set_meta(Core *core, const char *name, const char *value);

/* A fresh ULID, behind the one before where both are of one millisecond; the caller owns it. */
char *core_new_id(Core *core);

/* agent1 sleeps: only waking it is answered. */
bool core_is_asleep(const Core *core);

/* What applies to an agent's hours; entry may be NULL. */
void core_hours(const Core *core, const RegistryAgent *entry, Hours *out);

/* True when the registry trusts the key that the agent registered with: people edit that file. */
bool core_is_trusted(const Core *core, const FleetAgent *agent);

/* True when a task can leave for this agent now: the broker is there, the agent's journal is known,
 * and nothing says that it is gone. */
bool core_is_reachable(const Core *core, const FleetAgent *agent);

/* How many keys wait for !accept under this name. */
unsigned core_count_waiting(const Core *core, const char *name);

/* From here on the words are for this user (NULL or nobody: the installation's language). Returns
 * the language before, for core_speak(). */
Language core_speak_to(Core *core, const char *user);
Language core_speak_to_speaker(Core *core, const Speaker *speaker);
Language core_speak_to_jid(Core *core, const char *jid); /* bare or full */
Language core_speak(Core *core, Language language);

/* A text in the language of whoever is spoken to; text is its English form, and the id. What rows
 * keep, the audit and the log stay as they are. */
const char *core_words(const Core *core, const char *text) G_GNUC_FORMAT(2);

/* "s", or "" where so many are one in the language of whoever is spoken to. */
const char *core_plural(const Core *core, int64_t count);

/* "0.4 s", "1.5 KiB", as they are written there; the fixed shapes of runs are not. The caller owns
 * it. */
char *core_duration(const Core *core, int64_t ms);
char *core_size(const Core *core, int64_t bytes);

/* "14:02" or "2026-11-20 14:02" in the installation's zone, as people write it in the language of
 * whoever is spoken to; with the zone: "14:02 CET". The caller owns it. For rows: timestamp.h. */
char *core_local_time(const Core *core, int64_t at_ms);
char *core_local_time_with_zone(const Core *core, int64_t at_ms);

/* Of a run that begins when another has ended: when that ends, it is looked for. */
void core_note_wait(Core *core, const Run *run);

#endif
