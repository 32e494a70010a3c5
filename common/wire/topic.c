#include "common/wire/topic.h"

#include "common/base/name.h"

#include <string.h>

#include "common/base/banned.h"

typedef struct FixedTopic {
    const char *topic;
    TopicKind kind;
} FixedTopic;

static const FixedTopic fixed[] = {
    { TOPIC_AGENT1_INBOX, TOPIC_KIND_AGENT1_INBOX },    { TOPIC_REGISTER, TOPIC_KIND_REGISTER },
    { TOPIC_DAILY_REPORT, TOPIC_KIND_DAILY_REPORT },    { TOPIC_ERRORS, TOPIC_KIND_ERRORS },
    { TOPIC_CLI_OUTBOX, TOPIC_KIND_CLI_SHARED_OUTBOX }, { TOPIC_ACL_PROBE, TOPIC_KIND_ACL_PROBE },
    { TOPIC_EVENTS_HEALTH, TOPIC_KIND_EVENTS },         { TOPIC_EVENTS_WORLD, TOPIC_KIND_EVENTS },
};

/* Topics around a name. The words that topics use themselves are no names of agents, so that
 * agents/cli/inbox is nobody's. */
typedef struct NamedTopic {
    const char *before;
    const char *after;
    TopicKind kind;
    bool (*is_name)(const char *name);
} NamedTopic;

static bool is_agent(const char *name)
{
    return name_is_valid(name) && !name_is_reserved(name);
}

static const NamedTopic named[] = {
    { "agents/cli/", "/outbox", TOPIC_KIND_CLI_OUTBOX, name_is_session },
    { "agents/status/", "", TOPIC_KIND_STATUS, is_agent },
    { "agents/ha/", "/set", TOPIC_KIND_HOME_ASSISTANT_SET, is_agent },
    { "agents/", "/inbox", TOPIC_KIND_INBOX, is_agent },
    { "agents/", "/control", TOPIC_KIND_CONTROL, is_agent },
};

/* The name between the two parts, or NULL. The caller owns it. */
static char *name_between(const char *topic, const NamedTopic *row)
{
    size_t length = strlen(topic);
    size_t around = strlen(row->before) + strlen(row->after);
    g_autofree char *name = NULL;

    if (length <= around || !g_str_has_prefix(topic, row->before) ||
        !g_str_has_suffix(topic, row->after))
        return NULL;

    name = g_strndup(topic + strlen(row->before), length - around);
    return row->is_name(name) ? g_steal_pointer(&name) : NULL;
}

TopicKind topic_parse(const char *topic, char **out_name)
{
    if (out_name)
        *out_name = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (strcmp(topic, fixed[i].topic) == 0)
            return fixed[i].kind;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autofree char *name = name_between(topic, &named[i]);

        if (!name)
            continue;
        if (out_name)
            *out_name = g_steal_pointer(&name);
        return named[i].kind;
    }
    return TOPIC_KIND_OTHER;
}

static char *make(const char *before, const char *name, const char *after)
{
    g_assert(name_is_valid(name));
    return g_strconcat(before, name, after, NULL);
}

char *topic_inbox(const char *agent)
{
    return make("agents/", agent, "/inbox");
}

char *topic_control(const char *agent)
{
    return make("agents/", agent, "/control");
}

char *topic_status(const char *agent)
{
    return make("agents/status/", agent, "");
}

char *topic_home_assistant_state(const char *agent)
{
    return make("agents/ha/", agent, "/state");
}

char *topic_home_assistant_set(const char *agent)
{
    return make("agents/ha/", agent, "/set");
}

char *topic_home_assistant_birth(const char *prefix)
{
    return g_strconcat(prefix, "/status", NULL);
}

char *topic_cli_outbox(const char *session)
{
    g_assert(name_is_session(session));
    return make("agents/cli/", session, "/outbox");
}
