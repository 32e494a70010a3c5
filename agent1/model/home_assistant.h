/*
 * What Home Assistant is told of an agent, by its MQTT discovery
 * (home-assistant.io/integrations/mqtt, "Device discovery payload"): one retained document names
 * the device and its entities, another one holds their present values. Topics and texts only; who
 * may switch what is decided elsewhere.
 */
#ifndef AGENT1_MODEL_HOME_ASSISTANT_H
#define AGENT1_MODEL_HOME_ASSISTANT_H

#include "common/wire/update_news.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What Home Assistant says when it has started: as its birth message below the prefix. */
#define HOME_ASSISTANT_BIRTH "online"

/* What its button "Check for updates" says. */
#define HOME_ASSISTANT_CHECK "UPDATE"

/* Everything is borrowed. */
typedef struct HomeAssistantAgent {
    const char *house;       /* the installation's name: two of them may share one Home Assistant */
    const char *name;        /* the agent's */
    const char *description; /* or NULL */
    const char *version;     /* or NULL */
    const char *state;       /* "online", "paused", "offline" */
    bool is_pause_wished;
    const char *problem; /* for people; NULL: none */
    int64_t running;
    int64_t queued;
    const UpdateNews *update; /* known; NULL: nothing was learned, and nothing newer is shown */
} HomeAssistantAgent;

/* "<prefix>/device/<house>_<name>/config". The caller owns it. */
char *home_assistant_config_topic(const char *prefix, const char *house, const char *name);

/* The documents, as JSON. The caller owns the results. */
char *home_assistant_config(const HomeAssistantAgent *agent);
char *home_assistant_state(const HomeAssistantAgent *agent);

#endif
