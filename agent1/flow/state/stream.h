/*
 * What a person has seen of an answer that is still coming: its words as far as they may be shown,
 * and what was said of them. In memory alone, like the talk that it belongs to.
 */
#ifndef AGENT1_FLOW_STATE_STREAM_H
#define AGENT1_FLOW_STATE_STREAM_H

#include "agent1/flow/state/core_state.h"
#include "common/wire/model_answer.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands behind words of which more is to come. */
#define STREAM_GOES_ON " …"

typedef struct Stream {
    /* Read of the answer. */
    AnswerReader *reader;
    size_t read;     /* so many of its bytes: whole lines */
    size_t searched; /* no line ends before this byte */
    size_t judged;   /* its length when a refusal was last looked for */
    bool is_sure;    /* it is no refusal, whatever follows */
    GString *text;   /* the words of the whole lines, marked, each with its end of line */
    size_t shown;    /* so much of that may be shown */

    /* Said of it. */
    int64_t due_ms;      /* nothing before this */
    bool is_changed;     /* there may be something to say */
    size_t told;         /* CLI: so much of text was sent */
    char *told_part;     /* CLI: what was sent behind that */
    char *message;       /* XMPP: the message that shows it; NULL: none does */
    char *ended;         /* XMPP: the one of the answer before, which the turn replaces */
    int64_t began_ms;    /* XMPP: when the last of them was said */
    char *told_text;     /* XMPP: what it says now */
    const char *instead; /* XMPP: what it says once all is taken back */
} Stream;

Stream *stream_new(void);
void stream_free(Stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_free)

/* Its last message can be corrected: where the link was lost since, so may be the message. */
bool stream_can_correct(const Core *core, const Stream *stream);

/* The message that shows half an answer and can still tell what became of it; NULL: none does.
 * stream may be NULL. */
const char *stream_shown(const Core *core, const Stream *stream);

/* It is said whole: whatever is shown after this is another answer. */
void stream_end(Stream *stream);

/* Another answer: nothing of it is read; what was said stays so. */
void stream_read_anew(Stream *stream);

#endif
