/*
 * Questions to the store whose answer is awaited: what to do with the rows when they come. Bounded;
 * forgotten at a restart, since who asked will ask again.
 */
#ifndef AGENT1_FLOW_STATE_PENDING_H
#define AGENT1_FLOW_STATE_PENDING_H

#include "agent1/flow/state/core_state.h"
#include "common/wire/message.h"

#define PENDING_MAX 1000

typedef struct Pending Pending;

/* Continues with the rows (Row *, at most the limit that was asked for). */
typedef void (*PendingContinue)(Core *core, const Pending *pending, const GPtrArray *rows);

struct Pending {
    PendingContinue resume;
    Speaker *speaker; /* who asked; NULL when it was an agent */
    Message *message; /* the agent's message that made us ask; NULL when it was a person */
    char *sender;     /* the agent's name; NULL when it was a person */
    char *argument;   /* what was typed; NULL for none */
};

/* Asks the store. speaker, message, sender and argument are copied (each may be NULL). False when
 * too many questions wait already. */
bool pending_ask(Core *core, PendingContinue resume, const Speaker *speaker, const char *sender,
                 const Message *message, const char *argument, QueryKind kind, const char *text,
                 int64_t number, unsigned limit);

/* The same with all the members of a query; its cookie is not looked at. */
bool pending_ask_query(Core *core, PendingContinue resume, const Speaker *speaker,
                       const char *argument, const EffectQuery *query);

/* EVENT_ROWS. */
void pending_answer(Core *core, const EventRows *rows);

/* True while an answer for this chat is awaited. */
bool pending_has_chat(const Core *core, const char *chat_id);

/* True while an answer is awaited that is gone on with there. */
bool pending_has(const Core *core, PendingContinue resume);

void pending_free(void *data);

#endif
