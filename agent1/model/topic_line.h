/*
 * What a person types behind MQTT_PUBLISH: and MQTT_SUBSCRIBE:, taken apart: a topic or a filter,
 * and how long to listen. Whether policy.json lists it is the rulebook's; whether the broker allows
 * it only the broker knows.
 */
#ifndef AGENT1_MODEL_TOPIC_LINE_H
#define AGENT1_MODEL_TOPIC_LINE_H

#include "common/wire/topic_rules.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct TopicLine {
    char *topic;
    bool is_retained; /* --retain */
    unsigned count;   /* --count: so many messages, 1 … LISTEN_COUNT_MAX */
    int64_t time_ms;  /* --time: 1 s … LISTEN_TIME_MAX_MS */
} TopicLine;

/* Reads "home/lamp/set --retain" (a message) or "home/+/state --count 5 --time 1h" (a filter). The
 * options stand behind the topic, which may hold blanks. Returns what is wrong, a reason
 * (common/wire/reason.h) that the caller owns; or NULL. Clear out in any case. */
char *topic_line_read(const char *text, TopicUse use, TopicLine *out);
void topic_line_clear(TopicLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TopicLine, topic_line_clear)

#endif
