/*
 * What an answer holds for programs beside its words: lists of objects, as
 * {"schedules": [{"type": "schedule", …}, …], "totals": {"schedules": 120}} (README, "The wire").
 * Only a client that asks for it gets it. So much fits into a message: what comes after that is
 * counted in the totals alone.
 */
#ifndef AGENT1_FLOW_VOICE_ANSWER_DATA_H
#define AGENT1_FLOW_VOICE_ANSWER_DATA_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A message holds the words, too. */
#define ANSWER_DATA_MAX_BYTES (128 * 1024)

typedef struct AnswerData {
    Json *lists;  /* NULL: nothing for programs */
    size_t bytes; /* at most so many when it is printed */
    bool is_full; /* something did not fit: what comes later is left out, too */
} AnswerData;

void answer_data_clear(AnswerData *data);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AnswerData, answer_data_clear)

/* There is such a list, be it empty; and `more` are to be counted that are not in it. */
void answer_data_count(AnswerData *data, const char *list, int64_t more);

/* Adds an object to a list, and counts it. False: only counted, there is no room. The object is
 * taken over. */
bool answer_data_add(AnswerData *data, const char *list, Json *item);

/* A text, unless it is NULL; a time as RFC 3339 in UTC, unless it is 0 or before. */
void answer_data_set_text(Json *item, const char *name, const char *text);
void answer_data_set_time(Json *item, const char *name, int64_t at_ms);

#endif
