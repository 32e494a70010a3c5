/*
 * What happens to the worker's core: everything that an edge can tell it. An event carries the time
 * and 32 random bytes, from which the core draws its ids and jitter, so that the same events give
 * the same effects. An event owns what it points to.
 */
#ifndef AGENT2_PORT_WORKER_EVENT_H
#define AGENT2_PORT_WORKER_EVENT_H

#include "agent2/port/worker_effect.h"
#include "agent2/port/worker_folder.h"
#include "common/base/ids.h"
#include "common/wire/message.h"
#include "common/wire/task_mark.h"
#include "common/wire/topic.h"
#include "common/wire/update_news.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    WORKER_EVENT_MESSAGE,   /* an authentic frame of an orchestrator's key arrived */
    WORKER_EVENT_SET_ASIDE, /* a message was not looked at: it ended this program three times */
    WORKER_EVENT_LINK_UP,
    WORKER_EVENT_LINK_DOWN,
    WORKER_EVENT_JOURNALED,    /* the answer to a durable effect */
    WORKER_EVENT_FOLDER,       /* the answer to WORKER_EFFECT_READ */
    WORKER_EVENT_GREW,         /* the output of a run has more bytes */
    WORKER_EVENT_SETTLED,      /* a run has no shim (any more) */
    WORKER_EVENT_NOT_LAUNCHED, /* a shim could not be asked for now */
    WORKER_EVENT_UPDATE,       /* the answer to WORKER_EFFECT_UPDATE */
    WORKER_EVENT_TICK,         /* worker_next_deadline() came, or the wall clock was set */
    WORKER_EVENT_STOP,         /* the program is about to end; runs go on under their shims */
} WorkerEventKind;

/* What became of a durable effect. */
typedef enum {
    WORKER_STORED,
    WORKER_DISK_FULL, /* nothing has changed; later it may work */
    WORKER_BUSY,      /* the same, for want of descriptors */
    WORKER_REFUSED,   /* nothing has changed, and it never will: problem says why */
    WORKER_BROKEN,    /* the disk fails: the program must end and be restarted; never in a step */
} WorkerStored;

typedef struct WorkerMessage {
    TopicKind topic;
    char *topic_name; /* the name in the topic, where its kind has one */
    char *sender;     /* the key that made the frame, as key_print() writes it */
    bool is_sealed;
    Message *message;
} WorkerMessage;

typedef struct WorkerSetAside {
    char *what;    /* for people */
    TaskMark task; /* without a run: it is no task, or not known to be one */
} WorkerSetAside;

typedef struct WorkerJournaled {
    WorkerEffectKind effect;
    WorkerStored outcome;
    char *problem;    /* unless STORED: for people */
    bool existed;     /* CREATE, TOMBSTONE: there was such a folder; nothing was changed */
    bool is_noted;    /* TOMBSTONE that had no room: durable all the same, in the notes */
    bool is_mine;     /* CLAIM: this claim stands there, and not another */
    RunClaim claim;   /* CLAIM: what stands there */
    uint64_t version; /* COUNTERS */
} WorkerJournaled;

/* The bytes that a read was for; raw. */
typedef struct WorkerOutput {
    GBytes *head;        /* RESULT: from the beginning; OUTPUT: from `offset`; otherwise NULL */
    GBytes *tail;        /* RESULT, PROGRESS: the last ones kept; otherwise NULL */
    int64_t offset;      /* OUTPUT: where head begins in the whole output */
    int64_t tail_offset; /* where tail begins */
    char *in_reply_to;   /* OUTPUT */
} WorkerOutput;

typedef struct WorkerRead {
    WorkerReadKind kind;
    WorkerFolder *folder; /* NULL: it could not be read */
    char *problem;        /* then */
    bool is_busy;         /* then: for want of descriptors; later it may be read */
    WorkerOutput output;
} WorkerRead;

typedef struct WorkerEvent {
    WorkerEventKind kind;
    int64_t now_ms;  /* CLOCK_REALTIME, Unix milliseconds */
    int64_t boot_ms; /* CLOCK_BOOTTIME, milliseconds */
    uint8_t seed[IDS_SEED_BYTES];
    char *run; /* JOURNALED (but COUNTERS), FOLDER, GREW, SETTLED, NOT_LAUNCHED */
    int64_t attempt;
    uint64_t batch; /* JOURNALED, FOLDER: of the effect that it answers */
    union {
        WorkerMessage message;
        WorkerSetAside set_aside;
        WorkerJournaled journaled;
        WorkerRead read;
        UpdateNews *news;
        int64_t bytes; /* GREW: written so far, as far as they were kept */
    };
} WorkerEvent;

/* An event without time and seed: the app stamps it when it hands it to the core. */
WorkerEvent *worker_event_new(WorkerEventKind kind);
WorkerEvent *worker_event_new_for_run(WorkerEventKind kind, const char *run, int64_t attempt);
void worker_event_free(WorkerEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerEvent, worker_event_free)

#endif
