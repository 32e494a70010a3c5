#include "agent1/flow/admission.h"

#include <string.h>

#include "agent1/flow/daily/daily.h"
#include "agent1/flow/doors/chat.h"
#include "agent1/flow/fleet/absence.h"
#include "agent1/flow/fleet/registration.h"
#include "agent1/flow/fleet/reports.h"
#include "agent1/flow/voice/say.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/banned.h"

#define LOG_EVERY_MS (60 * INT64_C(1000))

typedef enum {
    FROM_NOBODY, /* agent1 does not take this kind */
    FROM_ANYBODY,
    FROM_AGENT, /* an accepted agent, by its key */
} Sender;

typedef void (*ReportHandler)(Core *core, FleetAgent *agent, const Message *message);

typedef struct Admission {
    Sender sender;
    TopicKind topic;
    bool must_be_sealed; /* unless mqtt.seal is false */
    ReportHandler take;  /* FROM_AGENT */
} Admission;

static const Admission admissions[MESSAGE_KIND_COUNT] = {
    [MESSAGE_CHAT] = { FROM_ANYBODY, TOPIC_KIND_AGENT1_INBOX, true, NULL },
    [MESSAGE_REGISTER] = { FROM_ANYBODY, TOPIC_KIND_REGISTER, false, NULL },
    [MESSAGE_STATUS] = { FROM_AGENT, TOPIC_KIND_STATUS, false, registration_take_status },
    [MESSAGE_ACK] = { FROM_AGENT, TOPIC_KIND_AGENT1_INBOX, true, reports_take_ack },
    [MESSAGE_ANSWER] = { FROM_AGENT, TOPIC_KIND_AGENT1_INBOX, true, reports_take_answer },
    [MESSAGE_PROGRESS] = { FROM_AGENT, TOPIC_KIND_AGENT1_INBOX, true, reports_take_progress },
    [MESSAGE_RESULT] = { FROM_AGENT, TOPIC_KIND_AGENT1_INBOX, true, reports_take_result },
    [MESSAGE_REPORT] = { FROM_AGENT, TOPIC_KIND_DAILY_REPORT, true, daily_take_report },
    [MESSAGE_ERROR] = { FROM_AGENT, TOPIC_KIND_ERRORS, true, reports_take_error },
};

static const char *judge_agent(const Core *core, const EventMessage *event)
{
    const RegistryAgent *entry = registry_by_key(core->registry, event->sender);
    const Message *message = event->message;

    if (!entry)
        return "the key is no accepted agent's";
    if (g_strcmp0(message->from, entry->name) != 0)
        return "the key is another agent's than the one it names";
    if (event->topic == TOPIC_KIND_STATUS && (g_strcmp0(event->topic_name, entry->name) != 0 ||
                                              g_strcmp0(message->status.name, entry->name) != 0))
        return "the topic is another agent's";
    if (!message->journal)
        return "the agent names no journal";
    return NULL;
}

/* The skills of a key that waits are kept in memory, and so are an agent's. */
/* NOLINTNEXTLINE(misc-no-recursion): along the nesting of JSON, which the parser bounds */
static bool is_modest(const Json *node, unsigned *left)
{
    const Json *child;

    for (child = json_first(node); child; child = json_next(child)) {
        if (*left == 0)
            return false;
        (*left)--;
        if (!is_modest(child, left))
            return false;
    }
    return true;
}

static const char *judge_register(const EventMessage *event)
{
    const Message *message = event->message;
    const char *name = message->registration.name;
    unsigned left = SKILLS_MAX_VALUES;

    if (!name || !name_is_valid(name) || name_is_reserved(name))
        return "the name is no agent's name";
    if (g_strcmp0(message->from, name) != 0)
        return "from and name differ";
    if (!message->journal || !name_is_ulid(message->journal))
        return "the agent names no journal";
    if (!is_modest(message->registration.skills, &left))
        return "it lists more skills than agent1 keeps";
    return NULL;
}

const char *admission_judge(const Core *core, const EventMessage *event)
{
    const Admission *row = &admissions[event->message->kind];

    if (row->sender == FROM_NOBODY)
        return "nobody says this to agent1";
    if (event->topic != row->topic)
        return "it came on the wrong topic";
    if (row->must_be_sealed && !event->is_sealed && core->settings->mqtt_is_sealed)
        return "it is not sealed";
    if (row->sender == FROM_AGENT)
        return judge_agent(core, event);
    if (event->message->kind == MESSAGE_REGISTER)
        return judge_register(event);
    return NULL;
}

static void refuse(Core *core, const EventMessage *event, const char *why)
{
    g_autofree char *what = g_strdup_printf("refused %s", why);

    core->refused_count++;
    if (!say_is_due(core, what, LOG_EVERY_MS))
        return;

    effects_audit(core->fx, core->now_ms, "refused", event->sender, event->topic_name, NULL,
                  "a %s message: %s", message_kind_name(event->message->kind), why);
    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, event->topic_name,
                "a %s message of key %s is refused: %s", message_kind_name(event->message->kind),
                event->sender, why);
}

void admission_take(Core *core, const EventMessage *event)
{
    const Admission *row = &admissions[event->message->kind];
    const char *why = admission_judge(core, event);
    FleetAgent *agent;

    if (why) {
        refuse(core, event, why);
        return;
    }
    if (event->message->kind == MESSAGE_CHAT) {
        chat_take_message(core, event);
        return;
    }
    if (event->message->kind == MESSAGE_REGISTER) {
        registration_take(core, event);
        return;
    }
    agent = fleet_find(core->fleet, event->message->from);
    /* Until it registered, nothing is known of its journal. It does so at every connect; but it may
     * have, and agent1's database was lost or restored since. */
    if (!agent || !agent->journal) {
        if (event->message->kind == MESSAGE_STATUS)
            registration_ask(core, event->message->from, event->sender, event->message);
        return;
    }

    agent->heard_ms = core->now_ms;
    absence_heard(core, agent);
    row->take(core, agent, event->message);
}
