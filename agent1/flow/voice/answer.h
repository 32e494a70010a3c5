/*
 * What is said to a speaker, through whatever door he came.
 */
#ifndef AGENT1_FLOW_VOICE_ANSWER_H
#define AGENT1_FLOW_VOICE_ANSWER_H

#include "agent1/flow/voice/answer_data.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Answer {
    const char *text;
    bool is_final;
    bool is_news;          /* no answer to what was just said: held while agent1 sleeps */
    bool is_untainted;     /* as in Turn: a model that reads it may go on to act */
    const char *outcome;   /* only when final */
    const GPtrArray *runs; /* char *, ULIDs; NULL: none */
    const char *replaces;  /* the XMPP message that it corrects; NULL: it is a new one */
    AnswerData data;       /* only when final; not owned */
    const char *question;  /* the id of what it asks; "": several things; NULL: nothing */
    int64_t question_number;
} Answer;

#endif
