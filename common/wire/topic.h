/*
 * The topics of the wire: made from names, and taken apart again. A text from outside becomes part
 * of a topic only after name_is_valid(). Pure.
 */
#ifndef COMMON_WIRE_TOPIC_H
#define COMMON_WIRE_TOPIC_H

#include <glib.h>
#include <stdbool.h>

/* The orchestrator's own name on the wire: in topics and as `from`. */
#define AGENT1_NAME "agent1"

#define TOPIC_AGENT1_INBOX            "agents/agent1/inbox"
#define TOPIC_REGISTER                "agents/register"
#define TOPIC_DAILY_REPORT            "agents/daily_report"
#define TOPIC_ERRORS                  "agents/errors"
#define TOPIC_CLI_OUTBOX              "agents/cli/outbox"
#define TOPIC_ACL_PROBE               "agents/acl-probe/inbox"
#define TOPIC_STATUS_FILTER           "agents/status/+"
#define TOPIC_SCHEDULER_NOTIFICATIONS "agents/scheduler/notifications"
#define TOPIC_METRICS_LLM             "agents/metrics/llm"
#define TOPIC_EVENTS_HEALTH           "agents/events/health"
#define TOPIC_EVENTS_WORLD            "agents/events/world"
/* What Home Assistant asks for; agent1 alone reads it. */
#define TOPIC_HOME_ASSISTANT_SET_FILTER "agents/ha/+/set"

typedef enum {
    TOPIC_KIND_OTHER,
    TOPIC_KIND_AGENT1_INBOX,
    TOPIC_KIND_INBOX,   /* agents/<name>/inbox */
    TOPIC_KIND_CONTROL, /* agents/<name>/control */
    TOPIC_KIND_REGISTER,
    TOPIC_KIND_STATUS, /* agents/status/<name> */
    TOPIC_KIND_DAILY_REPORT,
    TOPIC_KIND_ERRORS,
    TOPIC_KIND_CLI_OUTBOX, /* agents/cli/<session>/outbox */
    TOPIC_KIND_CLI_SHARED_OUTBOX,
    TOPIC_KIND_ACL_PROBE,
    TOPIC_KIND_EVENTS,
    TOPIC_KIND_HOME_ASSISTANT_SET, /* agents/ha/<name>/set */
} TopicKind;

/* What a topic is. Where the kind has a name (INBOX, CONTROL, STATUS, CLI_OUTBOX,
 * HOME_ASSISTANT_SET) and out_name is not NULL, it gets a copy of it, valid by its alphabet, which
 * the caller owns; otherwise NULL. */
TopicKind topic_parse(const char *topic, char **out_name);

/* The caller owns the results. The names are valid (asserted). */
char *topic_inbox(const char *agent);
char *topic_control(const char *agent);
char *topic_status(const char *agent);
char *topic_cli_outbox(const char *session);
char *topic_home_assistant_state(const char *agent);
char *topic_home_assistant_set(const char *agent);
/* Where Home Assistant says "online" when it has started. */
char *topic_home_assistant_birth(const char *prefix);

#endif
