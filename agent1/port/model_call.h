/*
 * A question to a language model and what comes of it: the contract between the core, which decides
 * what is asked of whom and what an answer means, and the edge, which speaks to providers. Neither
 * keys nor addresses stand in it: a provider is named by its place in the chain of the settings.
 */
#ifndef AGENT1_PORT_MODEL_CALL_H
#define AGENT1_PORT_MODEL_CALL_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What of an answer is kept; one that is longer ends as MODEL_TOO_LARGE. */
#define MODEL_ANSWER_MAX_BYTES (256 * 1024)

/* More than any call costs: of what a provider tells beyond it nothing is believed. */
#define MODEL_TOKENS_MAX INT64_C(10000000)

/* Who said what the model is shown. */
typedef enum {
    MODEL_PERSON,
    MODEL_ITSELF,
} ModelSpeaker;

typedef struct ModelWords {
    ModelSpeaker speaker;
    char *text; /* valid UTF-8, not empty */
} ModelWords;

ModelWords *model_words_new(ModelSpeaker speaker, const char *text);
void model_words_free(void *words);

typedef struct ModelCall {
    char *id;           /* a ULID: its news carry it */
    unsigned provider;  /* its place in Settings.models */
    char *preamble;     /* what stands above the conversation */
    GPtrArray *words;   /* ModelWords *, the oldest first; the last is a person's */
    bool has_tools;     /* the triggers are offered as tools where the provider has them */
    int64_t max_tokens; /* of the answer */
} ModelCall;

ModelCall *model_call_new(const char *id, unsigned provider);
void model_call_free(ModelCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelCall, model_call_free)

/* How a call ended. */
typedef enum {
    MODEL_ANSWERED,
    MODEL_CUT,           /* answered, but it ran out of tokens: the text ends in the middle */
    MODEL_UNREACHABLE,   /* no connection, or TLS failed */
    MODEL_SILENT,        /* no first byte in time, or none for too long after that */
    MODEL_LIMITED,       /* 429, or 503 and 529 with a time: it asks to be left alone for a while */
    MODEL_FAILED,        /* any other status of an error, or an error inside the stream */
    MODEL_MISCONFIGURED, /* 401, 403, 404: the key, or no such model. It will not mend itself */
    MODEL_BROKEN,        /* what came is not what this provider's interface says */
    MODEL_TOO_LARGE,
    MODEL_OUTCOME_COUNT,
} ModelOutcome;

/* A word for metrics and logs: "answered", "too_large". */
const char *model_outcome_name(ModelOutcome outcome);

/* Of one call: any number of pieces, then its end, and nothing after that. */
typedef struct ModelNews {
    char *id;
    char *piece; /* the next of its text, valid UTF-8; NULL: this is the end */

    /* Of the end alone. */
    ModelOutcome outcome;
    GPtrArray *tool_lines;  /* char *: each tool call as the line of a trigger, in their order */
    char *why;              /* all but ANSWERED and CUT: one line for people, without secrets */
    int64_t retry_after_ms; /* LIMITED: how long it asks for; 0: it did not say */
    int64_t first_ms;       /* from the beginning to the first piece; 0: none came */
    int64_t total_ms;
    int64_t tokens_in; /* as the provider counts, at most MODEL_TOKENS_MAX; 0: it did not say */
    int64_t tokens_out;
} ModelNews;

ModelNews *model_news_piece(const char *id, const char *piece);
ModelNews *model_news_end(const char *id, ModelOutcome outcome);
void model_news_free(ModelNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelNews, model_news_free)

#endif
