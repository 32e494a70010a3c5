/*
 * The worker's state, shared by the files of its core, and the few things all of them do: make
 * messages, answer, log. Nobody outside agent2/flow includes it.
 */
#ifndef AGENT2_FLOW_WORKER_STATE_H
#define AGENT2_FLOW_WORKER_STATE_H

#include "agent2/flow/worker_settings.h"
#include "agent2/model/job.h"
#include "agent2/model/worker_clock.h"
#include "agent2/model/worker_counters.h"
#include "agent2/model/worker_windows.h"
#include "agent2/port/worker_event.h"
#include "common/data/zones.h"

#define WORKER_READS_MAX   8   /* folders being read for results at once */
#define WORKER_LAUNCH_MAX  5   /* shims tried for one attempt */
#define WORKER_ALARMS_MAX  100 /* that wait for the link */
#define WORKER_ERRORS_MAX  10  /* that the day's report names */
#define WORKER_NEVER       INT64_MAX
#define WORKER_RETRY_MS    5000                        /* after a full disk */
#define EXPIRES_UNKNOWN_MS (24 * 3600 * INT64_C(1000)) /* longer than any task waits */
#define WORKER_SESSIONS    1000                        /* reserved at once in the counters */

/* An acknowledgement that waits until a version of the counters is durable. */
typedef struct PendingAck {
    char *in_reply_to;
    uint64_t version;
} PendingAck;

typedef struct WorkerPresence {
    char *register_id; /* of the registration under way */
    unsigned register_sends;
    int64_t register_boot_ms; /* when to send it (again) */
    bool is_registered;
    bool is_waiting; /* for !accept; said once */
    int64_t seq;     /* within the session */
    bool is_probed;
    AgentState state;
    int64_t since_ms;  /* when that state began */
    int64_t linked_ms; /* when the present connection did */
    bool is_status_due;
    int64_t status_boot_ms; /* of the last status */
    unsigned running;       /* as told in it */
    bool is_clock_off;
    unsigned queued;
} WorkerPresence;

/* agent2/flow/worker_inbox.h */
typedef struct WorkerInbox {
    int64_t doubt_boot_ms; /* since when agent1 asks for what never came; 0: it does not */
    unsigned renewals;     /* in a row, none of which helped */
} WorkerInbox;

typedef struct Worker Worker; /* as in worker.h, which the files of the core do not see */

struct Worker {
    WorkerSettings *settings;
    const Zones *zones;

    WorkerCounters counters;
    bool are_counters_dirty;
    uint64_t counters_version; /* of the last one given to the journal */
    uint64_t stored_version;
    uint64_t journal_version; /* the one that names the journal; 0: it did at the start */
    int64_t counters_boot_ms; /* when to try again */
    GPtrArray *pending_acks;  /* PendingAck * */
    GPtrArray *alarms;        /* Message *, raised while there was no link */
    GQueue *errors;           /* Message *, copies of the last alarms, for the day's report */

    Jobs *jobs;
    WorkerWindows *windows;
    WorkerClock clock;
    GQueue *heard; /* char *, ids of the last messages the clock was read from */
    unsigned reads;

    GPtrArray *update_askers; /* char *, ids of the controls that wait for news of a version */
    bool is_looking;          /* for a newer version */

    const char *peer; /* agent1's key that spoke last; borrowed from the settings */
    int64_t session;
    bool is_linked;
    bool is_stopping;
    WorkerPresence presence;
    WorkerInbox inbox;
    int64_t sweep_boot_ms;

    /* The present step. */
    int64_t now_ms;
    int64_t boot_ms;
    Ids ids;
};

/* A message of this worker, with id, from, time and journal. */
Message *worker_new_message(Worker *worker, MessageKind kind);

/* Publishes on agent1's inbox, sealed; takes the message over. Nothing while there is no link. */
void worker_say(Worker *worker, WorkerEffects *effects, Message *message);

/* in_reply_to NULL: nothing. run NULL: about a message without run. */
void worker_ack(Worker *worker, WorkerEffects *effects, const char *in_reply_to, const char *run,
                int64_t attempt, AckState state, Rule rule, const char *reason);
void worker_answer(Worker *worker, WorkerEffects *effects, const char *in_reply_to, bool is_ok,
                   const char *text, Json *data);

/* Publishes on agents/errors, or when there is a link again, and logs. run may be NULL. */
void worker_alarm(Worker *worker, WorkerEffects *effects, const char *run, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Publishes those that wait for the link. */
void worker_tell_alarms(Worker *worker, WorkerEffects *effects);

/* agent1's clock now, in Unix milliseconds. */
int64_t worker_agent1_now(const Worker *worker);

/* Notes that the counters changed; they go to the journal at the end of the step. Returns the
 * version that will hold the change. */
uint64_t worker_touch_counters(Worker *worker);

/* Acknowledges a control once that version of the counters is durable. */
void worker_ack_later(Worker *worker, const char *in_reply_to, uint64_t version);

/* A wait with full jitter, for the n-th retry. */
int64_t worker_wait_ms(Worker *worker, unsigned retry, int64_t base_ms, int64_t cap_ms);

/* The name of the journal is durable: others may hear of it. */
bool worker_has_durable_journal(const Worker *worker);

#endif
