/*
 * What has come of a model's answer so far: its text, its tool calls, why it stopped. The formats
 * fill it, record by record; the decoder reads it.
 */
#ifndef AGENT1_PROVIDERS_ANSWER_H
#define AGENT1_PROVIDERS_ANSWER_H

#include "agent1/port/model_call.h"
#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ToolCall {
    int64_t index; /* as the provider numbers them; -1: it does not */
    char *name;    /* NULL: not yet */
    GString *arguments;
} ToolCall;

typedef struct ProviderAnswer {
    GString *fresh;   /* text that was not yet handed on; valid UTF-8 */
    size_t bytes;     /* of all text, names and arguments */
    GPtrArray *tools; /* ToolCall *, in their order */
    int64_t tokens_in;
    int64_t tokens_out;

    bool is_stopped; /* it said why it stopped: the answer is whole */
    bool is_cut;     /* of tokens it had not enough */
    bool is_over;    /* its last word: what still comes means nothing */

    bool is_failed;
    ModelOutcome outcome; /* of is_failed */
    char *why;            /* of is_failed; as the provider said it */
} ProviderAnswer;

void provider_answer_init(ProviderAnswer *answer);
void provider_answer_clear(ProviderAnswer *answer);

/* The first failure counts, and ends the answer. */
void provider_answer_fail(ProviderAnswer *answer, ModelOutcome outcome, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* A text, null or absent: else the answer is broken. */
void provider_answer_take_text(ProviderAnswer *answer, const Json *json);

/* The call of that number; a new one when there is none, or the number is -1. NULL: there are too
 * many, and the answer failed. */
ToolCall *provider_answer_tool(ProviderAnswer *answer, int64_t index);

/* A name comes once; a fragment of arguments is appended. Both as provider_answer_take_text(). */
void provider_answer_take_name(ProviderAnswer *answer, ToolCall *tool, const Json *json);
void provider_answer_take_arguments(ProviderAnswer *answer, ToolCall *tool, const Json *json);

/* An object stands for its text. */
void provider_answer_take_object(ProviderAnswer *answer, ToolCall *tool, const Json *object);

/* A count of tokens, when it is one. */
void provider_answer_take_count(int64_t *count, const Json *json);

#endif
