/*
 * The MQTT topics that people may use by chat: lists of filters in policy.json. What agents and
 * agent1 say to one another is never among them. Pure.
 */
#ifndef COMMON_WIRE_TOPIC_RULES_H
#define COMMON_WIRE_TOPIC_RULES_H

#include <glib.h>
#include <stdbool.h>

/* A filter of MQTT (+ for one level, # for the rest, each alone in its level), whose first level is
 * a word, and not "agents" and nothing that begins with '$'. */
bool topic_rule_is_valid(const char *filter);

typedef enum {
    TOPIC_FOR_MESSAGE, /* one topic, to which a message goes */
    TOPIC_FOR_FILTER,  /* a topic, or a filter of several */
} TopicUse;

/* What is wrong with a topic or a filter that somebody typed, as a sentence for him without a final
 * stop, in which the topic is not repeated; NULL: nothing is. Besides what
 * topic_rule_is_valid() holds against it: no broker takes characters that are none, and people do
 * not see hidden ones (MQTT 5, 1.5.4 and 4.7). A reason (common/wire/reason.h); the caller owns it.
 */
char *topic_rule_complaint(const char *topic, TopicUse use);

/* True when everything that `wanted`, a topic or a filter, can mean lies inside one of the filters
 * (char *; NULL: none). A malformed one lies in none. */
bool topic_rules_cover(const GPtrArray *filters, const char *wanted);

#endif
