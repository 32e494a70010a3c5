/* The edges of agent1: its files, what it publishes and says, what it hears. */
#include "tests/simulate/orchestrator_state.h"

#include "common/wire/topic.h"
#include "tests/simulate/errand_truth.h"
#include "tests/simulate/file_share.h"
#include "tests/simulate/told.h"
#include "tests/simulate/truth.h"
#include "tests/simulate/xmpp_server.h"

#include <string.h>

#include "common/base/banned.h"

/* ---- outward ---- */

static void edit_registry(Orchestrator *agent1, const EffectEditFile *edit)
{
    g_autoptr(Json) members =
        json_parse(edit->members, strlen(edit->members), strlen(edit->members) + 1, NULL);
    Json *agents = json_member_mutable(agent1->registry, "agents");
    Json *entry = json_member_mutable(agents, edit->name);

    if (!entry) {
        json_set(agents, edit->name, json_new_object());
        entry = json_member_mutable(agents, edit->name);
    }
    for (const Json *member = json_first(members); member; member = json_next(member)) {
        if (edit->is_fill && json_member(entry, json_name(member)))
            continue;
        json_set(entry, json_name(member), json_copy(member));
    }
}

static void finish_edit(void *owner, void *item)
{
    Orchestrator *agent1 = owner;
    const Effect *effect = item;
    Event *event = event_new(EVENT_FILE_EDITED);

    event->edited.id = g_strdup(effect->edit.id);
    if (agent1->is_full)
        event->edited.error = g_strdup("no space left on device");
    else
        edit_registry(agent1, &effect->edit);
    orchestrator_post(agent1, event);
}

static void free_effect(void *effect)
{
    effect_free(effect);
}

static void trust(Orchestrator *agent1, const GPtrArray *keys)
{
    g_hash_table_remove_all(agent1->trusted);
    for (guint i = 0; i < keys->len; i++)
        g_hash_table_add(agent1->trusted, g_strdup(keys->pdata[i]));
}

void orchestrator_publish(Orchestrator *agent1, const EffectPublish *effect)
{
    if (agent1->is_up[LINK_MQTT])
        broker_publish(agent1->client,
                       parcel_new(effect->topic, agent1->key, effect->peer, effect->is_sealed,
                                  effect->message),
                       false);
}

/* Takes the effect. */
void orchestrator_perform(Orchestrator *agent1, Effect *effect)
{
    Sim *sim = agent1->sim;

    told_check(sim, &agent1->store, effect);
    errand_truth_leaves(sim->errand_truth, &agent1->store, effect);
    switch (effect->kind) {
    case EFFECT_PUBLISH:
        orchestrator_publish(agent1, &effect->publish);
        break;
    case EFFECT_SAY:
        xmpp_server_say(sim->xmpp, effect->say.id, effect->say.jid, effect->say.text);
        break;
    case EFFECT_TRUST:
        trust(agent1, effect->trusted);
        break;
    case EFFECT_EDIT_FILE:
        sim_later(sim, dice_between(&sim->dice, 1, 50), finish_edit, agent1, effect, free_effect,
                  &agent1->life);
        return;
    case EFFECT_PUBLISH_PLAIN:
        if (effect->plain.id)
            publisher_publish(agent1->publisher, &effect->plain);
        break;
    case EFFECT_XMPP:
        if (effect->act.kind == XMPP_ACT_UPLOAD)
            file_share_begin(sim->share, &effect->act);
        break;
    case EFFECT_LISTEN:
    case EFFECT_UPDATE:
    case EFFECT_MODEL_CALL:
    case EFFECT_MODEL_CANCEL:
    case EFFECT_PAGE_CALL:
    case EFFECT_PAGE_CANCEL:
    case EFFECT_EMBED:
    case EFFECT_LOG:
        break;
    case EFFECT_PUT:
    case EFFECT_DELETE:
    case EFFECT_AUDIT:
    case EFFECT_QUERY:
        g_assert_not_reached();
    }
    effect_free(effect);
}

/* ---- the link to the broker ---- */

static bool wants(void *owner, const char *topic)
{
    TopicKind kind = topic_parse(topic, NULL);

    (void)owner;
    return kind == TOPIC_KIND_AGENT1_INBOX || kind == TOPIC_KIND_REGISTER ||
           kind == TOPIC_KIND_STATUS || kind == TOPIC_KIND_ERRORS;
}

/* As the gateway does: strangers are heard only where they may ask to join. */
static bool is_opened(const Orchestrator *agent1, const Parcel *parcel, TopicKind kind)
{
    bool is_for_strangers = kind == TOPIC_KIND_REGISTER || kind == TOPIC_KIND_AGENT1_INBOX;

    if (strcmp(parcel->peer, agent1->key) != 0 ||
        (parcel->is_retained && kind != TOPIC_KIND_STATUS))
        return false;
    return is_for_strangers || g_hash_table_contains(agent1->trusted, parcel->sender);
}

/* MUTANT_SILENCE: an answer to a query is taken to say that nothing is known. */
static void forget_runs(Message *message)
{
    const Json *runs = json_member(message->answer.data, "runs");
    Json *data = json_new_object();
    Json *changed = json_new_array();

    for (const Json *node = json_first(runs); node; node = json_next(node)) {
        Json *entry = json_copy(node);

        json_set_string(entry, "state", run_state_name(RUN_NOT_KNOWN));
        json_append(changed, entry);
    }
    json_set(data, "runs", changed);
    json_free(message->answer.data);
    message->answer.data = data;
}

static void on_message(void *owner, const Parcel *parcel)
{
    Orchestrator *agent1 = owner;
    g_autofree char *name = NULL;
    TopicKind kind = topic_parse(parcel->topic, &name);
    Message *message;
    Event *event;

    if (!agent1->core || !is_opened(agent1, parcel, kind))
        return;
    message = parcel_open(parcel);
    if (!message) {
        sim_break(agent1->sim, PROMISE_SURVIVES, "a message cannot be read: %s", parcel->body);
        return;
    }
    if (agent1->sim->mutant == MUTANT_SILENCE && message->kind == MESSAGE_ANSWER)
        forget_runs(message);
    event = event_new(EVENT_MESSAGE);
    event->message.topic = kind;
    event->message.topic_name = g_steal_pointer(&name);
    event->message.sender = g_strdup(parcel->sender);
    event->message.is_sealed = parcel->is_sealed;
    event->message.message = message;
    orchestrator_post(agent1, event);
}

static void post_link(Orchestrator *agent1, bool is_up)
{
    Event *event = event_new(is_up ? EVENT_LINK_UP : EVENT_LINK_DOWN);

    event->link = LINK_MQTT;
    orchestrator_post(agent1, event);
}

static void on_up(void *owner)
{
    Orchestrator *agent1 = owner;

    publisher_link_up(agent1->publisher);
    post_link(agent1, true);
}

static void on_down(void *owner)
{
    Orchestrator *agent1 = owner;

    post_link(agent1, false);
    publisher_link_down(agent1->publisher);
}

void orchestrator_add_client(Orchestrator *agent1)
{
    static const BrokerHandlers handlers = {
        .wants = wants, .message = on_message, .up = on_up, .down = on_down
    };

    agent1->client = broker_add_client(agent1->sim->broker, "agent1", &handlers, agent1);
    agent1->publisher = publisher_new(agent1->sim, agent1->client);
}
