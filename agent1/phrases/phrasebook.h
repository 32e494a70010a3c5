/*
 * The provider that is always there: one sentence of a person in English or French as typed lines,
 * by a small grammar over tables. Every word has to be understood: what is left over, negated,
 * conditional, quoted from elsewhere or destructive is never acted on but asked about. What comes
 * out is judged like any other typed line. Knows no state. Pure.
 */
#ifndef AGENT1_PHRASES_PHRASEBOOK_H
#define AGENT1_PHRASES_PHRASEBOOK_H

#include <glib.h>
#include <stdbool.h>

/* An agent that may be named; labels are "role=web". */
typedef struct PhraseAgent {
    const char *name;
    const char *const *labels; /* NULL-terminated; NULL: none */
} PhraseAgent;

typedef struct PhraseFacts {
    const PhraseAgent *agents;
    unsigned agent_count;
    /* Whether all that a target means have this skill; NULL: none has any. */
    bool (*have_skill)(const char *target, const char *skill, const void *data);
    const void *data; /* of have_skill */
} PhraseFacts;

typedef enum {
    PHRASE_NONE,  /* small talk, or not understood at all */
    PHRASE_ASK,   /* a question to the person; nothing is to be done */
    PHRASE_LINES, /* typed lines */
} PhraseKind;

typedef enum {
    PHRASE_VAGUE,       /* a part was understood, and not all */
    PHRASE_DANGER,      /* it destroys, or stops a machine */
    PHRASE_WHO,         /* an action without an agent */
    PHRASE_WHICH_AGENT, /* subject: no agent has that name; guess: the nearest that has */
    PHRASE_WHEN,        /* subject: the time as typed, which is none */
    PHRASE_FOREIGN,     /* it tells of somebody else's words */
    PHRASE_RESTART,     /* subject: the machine; is it meant, or a service there? */
    PHRASE_STOP,        /* the same */
    PHRASE_START,
    PHRASE_REBOOT,         /* subject: the machines, as they are typed */
    PHRASE_REMEMBER,       /* subject: what is to be kept, without a key to it */
    PHRASE_REMEMBER_ALONE, /* the same, for one person alone */
    PHRASE_QUESTION_COUNT,
} PhraseQuestion;

typedef struct PhraseAnswer {
    PhraseKind kind;
    GPtrArray *lines; /* LINES: char *, in their order */
    PhraseQuestion question;
    char *subject; /* WHICH_AGENT: as typed; RESTART and those behind it */
    char *guess;   /* WHICH_AGENT, or NULL */
} PhraseAnswer;

/* text is valid UTF-8. out wants phrase_answer_clear(). */
void phrasebook_read(const PhraseFacts *facts, const char *text, PhraseAnswer *out);

void phrase_answer_clear(PhraseAnswer *answer);

/* What to ask, in English; the text has a translation. Whoever says it words WHICH_AGENT and WHEN;
 * those behind it have places for the subject, "$". */
const char *phrase_question_text(PhraseQuestion question);

#endif
