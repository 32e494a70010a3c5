/*
 * What agents must still acknowledge, and when each is sent again. A broker's PUBACK promises
 * nothing, so a message stays until the agent itself answered; repeats wait with full jitter.
 */
#ifndef AGENT1_MODEL_OUTBOX_H
#define AGENT1_MODEL_OUTBOX_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    OUTBOX_TASK,
    OUTBOX_CANCEL,
    OUTBOX_POLICY,
    OUTBOX_PAUSE,
    OUTBOX_RESUME,
    OUTBOX_KIND_COUNT,
} OutboxKind;

const char *outbox_kind_name(OutboxKind kind);
bool outbox_kind_parse(const char *name, OutboxKind *out);

typedef struct OutboxItem {
    char *id; /* of the message: repeats carry it again */
    char *agent;
    OutboxKind kind;
    char *run;       /* TASK, CANCEL; NULL otherwise */
    int64_t attempt; /* TASK, CANCEL */
    int64_t seq;     /* the others */
    int64_t created_ms;
    unsigned sent;  /* how often, since the last hurry */
    int64_t due_ms; /* when it is sent next */
    struct OutboxQueue *queue;
} OutboxItem;

/* Whether a message would reach the agent now. */
typedef bool (*OutboxIsReachable)(const char *agent, const void *data);

typedef struct Outbox Outbox;

Outbox *outbox_new(void);
void outbox_free(Outbox *outbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outbox, outbox_free)

/* Adds an item that is due at once; borrowed until it is removed. Texts are copied. */
OutboxItem *outbox_add(Outbox *outbox, const char *id, const char *agent, OutboxKind kind,
                       const char *run, int64_t attempt, int64_t seq, int64_t now_ms);

/* Borrowed, or NULL. */
OutboxItem *outbox_find(const Outbox *outbox, const char *id);

/* Removes one; absent is fine. */
void outbox_remove(Outbox *outbox, const char *id);

/* The items of an agent, or of one of its runs: borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *outbox_of_agent(const Outbox *outbox, const char *agent);
GPtrArray *outbox_of_run(const Outbox *outbox, const char *agent, const char *run);

/* Makes all of an agent's items due at once, as if never sent: it is there again. */
void outbox_hurry(Outbox *outbox, const char *agent, int64_t now_ms);

/* Notes that an item was sent, and when it is due again. random: any 64 bits. */
void outbox_sent(OutboxItem *item, int64_t now_ms, uint64_t random);

/* The items of reachable agents that are due: borrowed; each agent's in order of creation. Looks at
 * the items of those agents alone. */
GPtrArray *outbox_due(const Outbox *outbox, int64_t now_ms, OutboxIsReachable is_reachable,
                      const void *data);

/* When the next item of a reachable agent is due; INT64_MAX: none. */
int64_t outbox_next_due(const Outbox *outbox, OutboxIsReachable is_reachable, const void *data);

unsigned outbox_count(const Outbox *outbox);

#endif
