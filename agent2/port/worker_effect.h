/*
 * What the worker's core wants done, in order.
 *
 * Durable effects go to the journal, which does those of one run one after the other, those of
 * different runs at the same time, and answers each with WORKER_EVENT_JOURNALED, or a read with
 * WORKER_EVENT_FOLDER. Outward effects leave only after the durable ones of the same and of earlier
 * steps were done. Where something may only be said
 * once it is durable, the core says it after the answer: an answer may be "the disk is full". An
 * effect owns what it points to.
 */
#ifndef AGENT2_PORT_WORKER_EFFECT_H
#define AGENT2_PORT_WORKER_EFFECT_H

#include "agent2/folder/claim.h"
#include "agent2/folder/task.h"
#include "common/wire/message.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    /* Durable, by the journal. */
    WORKER_EFFECT_CREATE,    /* a run folder with its order */
    WORKER_EFFECT_TOMBSTONE, /* a run folder with a claim alone */
    WORKER_EFFECT_CLAIM,     /* a claim in an existing run folder */
    WORKER_EFFECT_CANCEL,    /* the cancel that a shim watches for */
    WORKER_EFFECT_DONE,      /* agent1 has the outcome */
    WORKER_EFFECT_REMOVE,    /* a run folder, for good */
    WORKER_EFFECT_COUNTERS,  /* the counters file */
    WORKER_EFFECT_READ,      /* a run folder, and of its output what the purpose needs */
    /* Outward. */
    WORKER_EFFECT_LAUNCH,  /* watch the folder, start a shim on it */
    WORKER_EFFECT_ATTACH,  /* watch a folder whose shim lives */
    WORKER_EFFECT_PUBLISH, /* a frame; lost while there is no connection */
    WORKER_EFFECT_PROBE,   /* try to publish where the broker's ACL must forbid it */
    WORKER_EFFECT_RENEW,   /* give the connection up and make another */
    WORKER_EFFECT_UPDATE,  /* look for a newer version; answered by WORKER_EVENT_UPDATE */
    WORKER_EFFECT_LOG,
} WorkerEffectKind;

/* Why a folder is read; comes back with the answer. */
typedef enum {
    WORKER_READ_STATE,    /* a shim has ended, or never lived: facts, and as RESULT if there is an
                             exit */
    WORKER_READ_PROGRESS, /* facts and the last PROGRESS_TAIL_BYTES */
    WORKER_READ_RESULT,   /* facts, the first OUTPUT_HEAD_BYTES and the last OUTPUT_TAIL_BYTES */
    WORKER_READ_OUTPUT,   /* OUTPUT_FETCH_BYTES from an offset */
} WorkerReadKind;

typedef enum {
    WORKER_LOG_ERROR,
    WORKER_LOG_WARNING,
    WORKER_LOG_NOTICE,
    WORKER_LOG_INFO,
} WorkerLogLevel;

/* An order that owns its texts; RunTask borrows. */
typedef struct WorkerOrder {
    int64_t expires_ms;    /* this host's clock */
    int64_t window_end_ms; /* RUN_NO_WINDOW */
    int64_t timeout_ms;
    char **argv;        /* NULL-terminated */
    char **environment; /* NULL-terminated, NAME=value; the journal adds the worker's own */
} WorkerOrder;

WorkerOrder *worker_order_new(void);
void worker_order_free(WorkerOrder *order);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerOrder, worker_order_free)

typedef struct WorkerPublish {
    char *topic;
    char *peer;     /* the receiver's key, as key_print() writes it */
    bool is_sealed; /* the gateway makes it clear when mqtt.seal is false */
    bool is_retained;
    Message *message;
} WorkerPublish;

typedef struct WorkerEffect {
    WorkerEffectKind kind;
    char *run; /* CREATE … REMOVE, READ, LAUNCH, ATTACH; LOG: or NULL */
    int64_t attempt;
    uint64_t batch; /* the app's: comes back with the journal's answer */
    union {
        struct {
            WorkerOrder *order;
            char *meta;
        } create;
        struct {
            RunClaim claim; /* the journal fills in the boot id */
            char *meta;     /* TOMBSTONE */
        } claim;            /* TOMBSTONE, CLAIM */
        struct {
            char *text;
            uint64_t version; /* comes back with the answer */
        } counters;
        struct {
            WorkerReadKind kind;
            bool is_news;      /* what the folder says was not told before: it must be durable */
            int64_t offset;    /* OUTPUT */
            char *in_reply_to; /* OUTPUT */
        } read;
        WorkerPublish publish;
        char *renew; /* why, for people */
        struct {
            char *path;   /* of the git repository */
            char *branch; /* or NULL */
        } update;
        struct {
            WorkerLogLevel level;
            char *text;
        } log;
    };
} WorkerEffect;

typedef struct WorkerEffects {
    GPtrArray *list; /* WorkerEffect * */
} WorkerEffects;

WorkerEffects *worker_effects_new(void);
void worker_effects_free(WorkerEffects *effects);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerEffects, worker_effects_free)

void worker_effect_free(WorkerEffect *effect);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerEffect, worker_effect_free)

/* True for what the journal does: CREATE to READ. */
bool worker_effect_is_journal(const WorkerEffect *effect);

/* For messages: "create", "tombstone", … */
const char *worker_effect_name(WorkerEffectKind kind);

/* Append one effect. Orders and messages are taken over; texts are copied. */
void worker_effects_create(WorkerEffects *effects, const char *run, int64_t attempt,
                           WorkerOrder *order, const char *meta);
void worker_effects_tombstone(WorkerEffects *effects, const char *run, int64_t attempt,
                              ClaimKind kind, int64_t at_ms, const char *rule, const char *reason,
                              const char *meta);
void worker_effects_claim(WorkerEffects *effects, const char *run, int64_t attempt, ClaimKind kind,
                          int64_t at_ms, const char *rule, const char *reason);
void worker_effects_cancel(WorkerEffects *effects, const char *run, int64_t attempt);
void worker_effects_done(WorkerEffects *effects, const char *run, int64_t attempt);
void worker_effects_remove(WorkerEffects *effects, const char *run, int64_t attempt);
void worker_effects_counters(WorkerEffects *effects, const char *text, uint64_t version);
void worker_effects_read(WorkerEffects *effects, WorkerReadKind kind, const char *run,
                         int64_t attempt);
void worker_effects_read_progress(WorkerEffects *effects, const char *run, int64_t attempt,
                                  bool is_news);
void worker_effects_read_output(WorkerEffects *effects, const char *run, int64_t attempt,
                                int64_t offset, const char *in_reply_to);
void worker_effects_launch(WorkerEffects *effects, const char *run, int64_t attempt);
void worker_effects_attach(WorkerEffects *effects, const char *run, int64_t attempt);
void worker_effects_publish(WorkerEffects *effects, const char *topic, const char *peer,
                            bool is_sealed, bool is_retained, Message *message);
void worker_effects_probe(WorkerEffects *effects);
void worker_effects_renew(WorkerEffects *effects, const char *why);
void worker_effects_update(WorkerEffects *effects, const char *path, const char *branch);
void worker_effects_log(WorkerEffects *effects, WorkerLogLevel level, const char *run,
                        const char *format, ...) G_GNUC_PRINTF(4, 5);

#endif
