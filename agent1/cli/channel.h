/*
 * The sealed channel to agent1: one session on the broker, with an outbox of its own that nobody
 * else can read. Publishes the chats of its exchange when they are due, and lets in only what
 * agent1's key sealed for this key on this topic; everything else is dropped.
 *
 * Belongs to the main loop. Handlers may ask and forget; they must not free the channel.
 */
#ifndef AGENT1_CLI_CHANNEL_H
#define AGENT1_CLI_CHANNEL_H

#include "agent1/cli/config.h"
#include "agent1/cli/exchange.h"
#include "common/wire/message.h"

#include <glib.h>
#include <stdbool.h>

typedef struct ChannelHandlers {
    /* An object that belongs to a question. After HEARD_ANSWER the question is no longer pending;
     * the handler's side forgets it. */
    void (*heard)(Heard heard, Ask *ask, const Message *message, void *data);
    /* A question became UNREACHABLE or LATE. */
    void (*late)(Ask *ask, void *data);
    /* What agent1 says to whoever sits here, unasked. */
    void (*news)(const char *text, void *data);
    /* News of the broker for the person: it is out of reach (said once), it is back. */
    void (*note)(const char *text, void *data);
} ChannelHandlers;

typedef struct Channel Channel;

/* Begins to connect at once. Fails on what can never work: PROBLEM_VALUE, PROBLEM_IO. */
Channel *channel_new(const CliConfig *config, const Key *secret, const ChannelHandlers *handlers,
                     void *data, GError **error);
void channel_free(Channel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Channel, channel_free)

/* A new question; it is sent as soon as there is a connection. PROBLEM_LIMIT when too many wait. */
Ask *channel_ask(Channel *channel, const AskWish *wish, GError **error);
void channel_forget(Channel *channel, Ask *ask);

/* Goes on listening for news of a question that was answered. */
void channel_keep(Channel *channel, Ask *ask);

/* The questions that are not forgotten, oldest first: Ask *, borrowed. */
const GPtrArray *channel_asks(const Channel *channel);

/* True when there has been a connection at any time. */
bool channel_was_connected(const Channel *channel);

#endif
