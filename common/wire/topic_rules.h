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

/* True when everything that `wanted`, a topic or a filter, can mean lies inside one of the filters
 * (char *; NULL: none). A malformed one lies in none. */
bool topic_rules_cover(const GPtrArray *filters, const char *wanted);

#endif
