/*
 * Talks: messages that are no orders and whose answer a language model is thinking of. In memory
 * alone: after a restart whoever waits hears that he is to ask again (agent1/flow/voice/chats.h).
 */
#ifndef AGENT1_FLOW_STATE_TALKS_H
#define AGENT1_FLOW_STATE_TALKS_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/state/stream.h"
#include "common/wire/thoughts.h"

/* Of answers that are MODEL_ANSWER_MAX_BYTES long at most; no more requests are possible, either.
 */
#define TALKS_MAX 250

typedef struct Talk {
    char *id;            /* of the call or the look-up that is under way; the key of core->talks */
    Speaker *speaker;    /* who wrote */
    char *conversation;  /* whose turns the model is shown */
    char *text;          /* what was written */
    int provider;        /* its place in the chain */
    GString *answer;     /* what has come of the answer so far, without its thoughts */
    Thoughts *thoughts;  /* what is left out of it */
    GString *unanswered; /* the models that did not answer, and why, as the person is told */
    int64_t asked_ms;    /* when it was written, since boot */
    Stream *stream;  /* what was shown of it so far; NULL: nobody waits for it, or things are looked
                        up */
    int64_t tokens;  /* about what the question that is under way costs */
    bool is_tainted; /* text from outside stood before the answer */
    unsigned sources; /* where that came from (agent1/flow/state/sources.h) */
    unsigned looked;  /* the same of what was looked up for it */
    bool has_acted;   /* an answer of this talk did something */

    GPtrArray *notes;        /* char *: what memory found for the text, the best first */
    bool is_recalling;       /* that is looked for, before a model is asked at all */
    int64_t recall_until_ms; /* since boot: and no longer */

    GPtrArray *rounds;  /* ModelWords *: its answers before this one, each with what was found */
    GString *found;     /* what its last look-ups brought so far */
    bool is_looking;    /* no call is under way: things are looked up for it */
    bool is_searching;  /* and nothing but searched for */
    GString *addresses; /* texts whose addresses may be read, whatever else the model has read: the
                         * person's own, and those of results of searches before it read more */
    bool has_found;     /* and all of them came */
    bool has_outside;   /* text from outside was among what look-ups brought */

    char *sums_up; /* nobody waits: the conversation is summed up, up to this turn; else NULL */
} Talk;

/* A talk that nobody is asked in yet. The speaker is copied. */
Talk *talk_new(const Speaker *speaker, const char *conversation, const char *text);
void talk_free(void *data); /* Talk * */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Talk, talk_free)

/* A model is asked: of its answer nothing has come. */
void talk_begin_answer(Talk *talk);

/* It thought, and said nothing. */
bool talk_is_only_thought(const Talk *talk);

/* About what its question and what has come of the answer cost, in tokens. */
int64_t talk_cost(const Talk *talk);

/* True while the answer to this chat is thought of. */
bool talks_has_chat(const Core *core, const char *chat_id);

/* What is thought of in this conversation, or NULL. */
Talk *talks_find(const Core *core, const char *conversation);

/* Ends the call of a talk, which costs what it cost so far: the talk is the caller's. */
void talks_cancel(Core *core, Talk *talk);

/* The summary of this conversation that is under way, or NULL. */
Talk *talks_find_summary(const Core *core, const char *conversation);

/* Ends it. */
void talks_cancel_summary(Core *core, const char *conversation);

/* What the look-up of this id brought. is_outside: others may have written in it; is_all: nothing
 * more follows. */
void talks_hear(Core *core, const char *id, const char *text, bool is_outside, bool is_all);

/* A talk for which all that was looked up has come, no longer among those of the core; the caller
 * owns it. NULL: none. */
Talk *talks_take_found(Core *core);

/* What was said in it becomes turns of its conversation: the person's words, and those of the
 * model, as far as there are any. */
void talks_note(Core *core, const Talk *talk);

#endif
