#include "agent2/flow/worker_admission.h"

#include <string.h>

#include "common/base/banned.h"

#define ORCHESTRATOR "agent1"

const char *worker_admission_key(const WorkerSettings *settings, const char *key)
{
    for (guint i = 0; i < settings->orchestrator_keys->len; i++) {
        const char *known = g_ptr_array_index(settings->orchestrator_keys, i);

        if (strcmp(known, key) == 0)
            return known;
    }
    return NULL;
}

static bool is_kind_of_topic(TopicKind topic, MessageKind kind)
{
    static const struct {
        TopicKind topic;
        MessageKind kind;
    } rows[] = {
        { TOPIC_KIND_INBOX, MESSAGE_TASK },
        { TOPIC_KIND_CONTROL, MESSAGE_CONTROL },
        { TOPIC_KIND_CONTROL, MESSAGE_ACK },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].topic == topic && rows[i].kind == kind)
            return true;
    }
    return false;
}

const char *worker_admission_problem(const WorkerSettings *settings, const WorkerMessage *message)
{
    const Message *content = message->message;

    if (!worker_admission_key(settings, message->sender))
        return "its key is not the orchestrator's";
    if (g_strcmp0(message->topic_name, settings->name) != 0)
        return "it came on another agent's topic";
    if (!is_kind_of_topic(message->topic, content->kind))
        return "its type does not belong on this topic";
    if (g_strcmp0(content->from, ORCHESTRATOR) != 0)
        return "it does not come from agent1";
    if (settings->must_be_sealed && !message->is_sealed)
        return "it is not sealed";
    if (content->kind == MESSAGE_TASK && g_strcmp0(content->task.agent, settings->name) != 0)
        return "it is a task for another agent";
    return NULL;
}
