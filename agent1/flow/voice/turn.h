/*
 * One turn of a conversation: everything that one message makes agent1 say, gathered and said once.
 * Knows whether the chat is finished: its last answer is the final one, with the worst outcome of
 * all its parts.
 */
#ifndef AGENT1_FLOW_VOICE_TURN_H
#define AGENT1_FLOW_VOICE_TURN_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/voice/answer_data.h"

typedef struct Turn {
    Core *core;
    const Speaker *speaker;
    GString *text;
    GPtrArray *runs; /* char * */
    const char *outcome;
    Language before;      /* spoken before this turn */
    const char *replaces; /* the XMPP message that it corrects; NULL: it is a new one */
    char *question;       /* the id of what it asks; "": several things; NULL: nothing */
    int64_t question_number;
    GPtrArray *then;    /* char *, texts that a !yes released each: done within this turn, after
                           its own lines and one after the other; NULL: none */
    bool is_confirmed;  /* what is done now was released by a !yes: it is not asked again */
    bool is_models;     /* a language model asked for what is done now */
    bool has_quotation; /* the message holds what others wrote, too */
    bool is_untainted;  /* the person typed all of it by hand: a model that reads it may act */
    bool is_news;       /* nobody just wrote: what became of a run */
    bool is_told;       /* its words stand in another answer there: they are noted, not said */
    AnswerData data;    /* for programs, beside the text */
} Turn;

/* Begins an answer, in the speaker's language until turn_finish(); set is_news for what nobody just
 * asked. The speaker is borrowed until then. */
void turn_init(Turn *turn, Core *core, const Speaker *speaker);

/* Adds a paragraph: format is the English text, which is said in the language of the turn. */
void turn_say(Turn *turn, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Adds a refusal as every door writes it: "<agent>: refused (<rule>): <reason>; next: <time>".
 * reason is audited as it is and worded for the speaker (common/wire/reason.h). next_ms 0: it never
 * passes by itself. */
void turn_refuse(Turn *turn, const char *agent, Rule rule, const char *reason, int64_t next_ms);

/* The same of an answer about a run: "#12 <agent>: refused (<rule>): <reason>". */
void turn_refuse_run(Turn *turn, const Run *run, Rule rule, const char *reason);

/* "refused (<rule>): <reason>; next: <time>", as turn_refuse() says it. The caller owns it. */
char *turn_refusal_text(const Core *core, Rule rule, const char *reason, int64_t next_ms);

/* The text was wrong: says so, with the outcome of a refusal. */
void turn_fail(Turn *turn, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Counts an outcome; the worst one of a chat is its own. Static text. */
void turn_outcome(Turn *turn, const char *outcome);

/* It asks the question of this id and number. */
void turn_asks(Turn *turn, const char *question, int64_t number);

/* Adds a text to turn->then. */
void turn_release(Turn *turn, const char *text);

/* Names a run that belongs to the chat. */
void turn_add_run(Turn *turn, const char *id);

/* Whether a program reads the answer: else nothing is made for one. */
bool turn_tells_programs(const Turn *turn);

/* A whole turn of one paragraph that nobody just asked for, with an outcome. speaker may be NULL:
 * then nobody can hear it. */
void turn_tell_news(Core *core, const Speaker *speaker, const char *text, const char *outcome);

/* The same of what stands in another answer there: the chat ends, and nothing is said twice. */
void turn_note_news(Core *core, const Speaker *speaker, const char *text, const char *outcome);

/* Says what was gathered, notes it for repeats of the same message, and releases the turn. */
void turn_finish(Turn *turn);

#endif
