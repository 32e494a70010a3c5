/*
 * Bodies of messages made from a fuzz input: objects of the right form whose members are absent,
 * right, or wrong as the input decides. Ids, runs and texts come from a pool that a target fills
 * with what it saw, so that acknowledgements and results meet the runs that they are about.
 */
#ifndef TESTS_FUZZ_MESSAGE_MAKER_H
#define TESTS_FUZZ_MESSAGE_MAKER_H

#include "common/wire/message.h"
#include "tests/fuzz/harness.h"

#include <glib.h>

/* The newest so many of each are remembered. */
#define MESSAGE_POOL_MAX 32

typedef struct MessagePool {
    GPtrArray *ulids; /* char *: runs, journals, ids */
    GPtrArray *names; /* char *: agents, agent1, sessions, topics of sessions */
} MessagePool;

MessagePool *message_pool_new(void);
void message_pool_free(MessagePool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MessagePool, message_pool_free)

/* Remembers a text; NULL and those known already are left out. */
void message_pool_add_ulid(MessagePool *pool, const char *ulid);
void message_pool_add_name(MessagePool *pool, const char *name);

/* Everything of a message that another may refer to. */
void message_pool_learn(MessagePool *pool, const Message *message);

/* The body of a message of this kind; now_ms is what its times lie around. The caller owns it. */
char *message_make_body(FuzzInput *input, MessageKind kind, const MessagePool *pool,
                        int64_t now_ms);

#endif
