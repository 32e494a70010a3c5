#include "agent1/flow/fleet/registration.h"

#include <string.h>

#include "agent1/flow/fleet/absence.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/state/edits.h"
#include "agent1/flow/state/revoked.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/say.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/text.h"
#include "common/wire/key.h"
#include "common/wire/reason.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define NOT_REGISTERED "not_registered" /* in an ack: register, please */
#define HOUR_MS        (3600 * INT64_C(1000))
#define DAY_MS         (24 * HOUR_MS)
#define REGISTRY_FILE  "agents_registry.json"
/* People read the file: no name in it is a flood. */
#define SKILL_SHOWN_CHARS 64
/* A will may be about a connection that was taken over: the agent itself is asked. */
#define QUERY_AFTER_WILL_MS 1000

void registration_send_trust(Core *core)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) people = users_keys(core->users);
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned i;

    for (i = 0; i < people->len; i++)
        g_ptr_array_add(keys, g_strdup(people->pdata[i]));
    for (i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);

        if (entry->is_accepted)
            g_ptr_array_add(keys, g_strdup(entry->key));
    }
    effects_trust(core->fx, keys);
}

/* ---- accepted agents ---- */

/* What the registry file lacks about the agent is filled in; what a person wrote stays. */
static void fill_registry(Core *core, const MessageRegister *registration)
{
    g_autofree char *id = core_new_id(core);
    g_autoptr(Json) members = json_new_object();
    Json *skills = json_new_array();
    g_autofree char *text = NULL;
    const Json *node;

    for (node = json_first(registration->skills); node; node = json_next(node)) {
        const char *name = json_string(json_member(node, "name"));

        g_autofree char *line = name ? text_make_line(name, SKILL_SHOWN_CHARS) : NULL;

        if (line)
            json_append_string(skills, line);
    }
    if (registration->install_path)
        json_set_string(members, "install_path", registration->install_path);
    if (registration->service_name)
        json_set_string(members, "service_name", registration->service_name);
    if (registration->git_branch)
        json_set_string(members, "git_branch", registration->git_branch);
    json_set(members, "skills", skills);
    text = json_print(members);
    effects_edit_file(core->fx, id, REGISTRY_FILE, registration->name, text, true);
}

static void set_text(char **place, const char *text)
{
    g_free(*place);
    *place = text ? text_make_line(text, 200) : NULL;
}

static void copy_registration(Core *core, FleetAgent *agent, const Message *message,
                              const char *key)
{
    const MessageRegister *registration = &message->registration;

    set_text(&agent->key, key);
    set_text(&agent->register_id, message->id);
    /* It was installed anew: what was learned is of the version before. */
    if (g_strcmp0(agent->version, registration->version) != 0)
        g_clear_pointer(&agent->update, update_news_free);
    set_text(&agent->version, registration->version);
    set_text(&agent->host, registration->host);
    set_text(&agent->boot_id, registration->boot_id);
    set_text(&agent->policy_hash, registration->policy_hash);
    json_free(agent->skills);
    agent->skills = registration->skills ? json_copy(registration->skills) : NULL;
    agent->registered_session = registration->session;
    agent->registered_seq = registration->seq;
    if (registration->session > agent->session) {
        agent->session = registration->session;
        agent->seq = 0;
    }
    agent->heard_ms = core->now_ms;
    absence_heard(core, agent);
    if (agent->state == AGENT_OFFLINE) {
        agent->state = AGENT_ONLINE;
        agent->since_ms = core->now_ms;
    }
}

static void take_new_journal(Core *core, FleetAgent *agent, const char *journal)
{
    bool had_one = agent->journal != NULL;

    fleet_set_journal(agent, journal);
    agent->session = 0;
    agent->seq = 0;
    if (!had_one)
        return;

    effects_audit(core->fx, core->now_ms, "alarm", agent->name, agent->name, NULL,
                  "the agent's journal is new: %s", journal);
    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, agent->name,
                "the agent's journal is new: what it held is unknown");
    outcome_lose_handed(core, agent, reason_format(REASON_NEW_JOURNAL));
}

static void refuse_stale(Core *core, const FleetAgent *agent, const Message *message)
{
    g_autofree char *what = g_strdup_printf("stale %s", agent->name);

    dispatch_ack(core, agent->name, agent->key, message, ACK_REJECTED, "stale_session",
                 "this journal showed a higher session before");
    if (say_is_due(core, what, HOUR_MS))
        effects_audit(core->fx, core->now_ms, "alarm", agent->name, agent->name, NULL,
                      "a register with an old session: replayed, or a journal restored from a "
                      "backup");
}

/* A journal of a backup that is only moments old may use the number of a session once more: no
 * repeat of its register, since that has the same id, and none of a session that has ended. */
static bool is_second_life(const FleetAgent *agent, const Message *message)
{
    if (g_strcmp0(agent->register_id, message->id) == 0)
        return false;
    return agent->seq == STATUS_SEQ_WILL ||
           (agent->register_id && message->registration.seq == agent->registered_seq);
}

/* Said again until the acknowledgement comes, a register has its first id and the next seq. */
static bool is_repeat(const FleetAgent *agent, const Message *message)
{
    return message->registration.session == agent->registered_session &&
           g_strcmp0(agent->register_id, message->id) == 0;
}

static void admit(Core *core, const char *key, const Message *message)
{
    const MessageRegister *registration = &message->registration;
    FleetAgent *agent = fleet_get(core->fleet, registration->name);
    FleetOrder order =
        fleet_compare_register(agent, message->journal, registration->session, registration->seq);

    if (order == FLEET_NEWER && is_repeat(agent, message))
        order = FLEET_EQUAL;
    if (!agent->key)
        set_text(&agent->key, key);
    if (order == FLEET_OLDER || (order == FLEET_EQUAL && is_second_life(agent, message))) {
        refuse_stale(core, agent, message);
        return;
    }
    if (order == FLEET_NEW_JOURNAL && agent->journal &&
        !bucket_take(&agent->notes, core->boot_ms)) {
        core->refused_count++;
        return;
    }
    if (order != FLEET_EQUAL) {
        if (order == FLEET_NEW_JOURNAL)
            take_new_journal(core, agent, message->journal);
        copy_registration(core, agent, message, key);
        launch_check_queued(core, agent->name);
        effects_log(core->fx, EFFECT_LOG_INFO, NULL, agent->name,
                    "registered (session %" G_GINT64_FORMAT ", version %s)", agent->session,
                    agent->version ? agent->version : "?");
        fill_registry(core, registration);
        dispatch_add_control(core, agent, OUTBOX_POLICY);
        dispatch_query_soon(core, agent, 0);
    }
    dispatch_ack(core, agent->name, agent->key, message, ACK_DONE, NULL, NULL);
    dispatch_hurry(core, agent);
    dispatch_due(core);
}

/* ---- keys that wait ---- */

/* Whoever was sent away and comes again is more than news. */
static void ask_admins(Core *core, const char *name, const char *key, const char *fingerprint)
{
    bool is_revoked = revoked_is(core, key);

    notices_tell(core, is_revoked ? NOTICE_ALARM : NOTICE_TO_DO,
                 is_revoked ? "ALARM: %s asks to join with the key that was revoked. Compare its "
                              "fingerprint with what the machine shows:\n%s\nthen: !accept %s %.9s"
                            : "%s asks to join. Compare its fingerprint with what the machine "
                              "shows:\n%s\nthen: !accept %s %.9s",
                 name, fingerprint, name, fingerprint);
}

static void tell_admins(Core *core, const char *name, const char *key_text)
{
    g_autofree char *what = g_strdup_printf("waiting %s", name);
    g_autofree char *fingerprint = NULL;
    Key key;

    if (!key_parse(key_text, &key, NULL) ||
        !say_is_due(core, what, revoked_is(core, key_text) ? DAY_MS : HOUR_MS))
        return;

    fingerprint = key_fingerprint(&key);
    effects_audit(core->fx, core->now_ms, "waiting", key_text, name, NULL, "fingerprint %s",
                  fingerprint);
    effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, name,
                "a new agent waits for !accept %s %.9s (fingerprint %s)", name, fingerprint,
                fingerprint);
    ask_admins(core, name, key_text, fingerprint);
}

static void hold_registration(Core *core, const char *key, const Message *message)
{
    g_hash_table_replace(core->registrations, g_strdup(key), message_copy(message));
}

/* A key waits under one name: with another one it takes a place of that name, as a new key does. */
static bool has_place(const Core *core, const Row *row, bool is_known, const char *name)
{
    if (is_known)
        return true;
    if (!row && ledger_count(core->ledgers[TABLE_WAITING]) >= WAITING_MAX)
        return false;
    return core_count_waiting(core, name) < WAITING_KEYS_PER_NAME;
}

static void wait_for_accept(Core *core, const char *key, const Message *message)
{
    const MessageRegister *registration = &message->registration;
    Ledger *waiting = core->ledgers[TABLE_WAITING];
    Row *row = ledger_find(waiting, key);
    bool is_known = row && strcmp(row_text(row, WAITING_NAME), registration->name) == 0;

    if (!has_place(core, row, is_known, registration->name)) {
        core->refused_count++;
        return;
    }
    if (!is_known || core->now_ms - row_int(row, WAITING_LAST) > HOUR_MS) {
        g_autofree char *version =
            registration->version ? text_make_line(registration->version, 40) : NULL;
        g_autofree char *host = registration->host ? text_make_line(registration->host, 80) : NULL;
        int64_t first_ms = is_known ? row_int(row, WAITING_FIRST) : core->now_ms;

        row = row_new(TABLE_WAITING);
        row_set_text(row, WAITING_KEY, key);
        row_set_text(row, WAITING_NAME, registration->name);
        row_set_int(row, WAITING_FIRST, first_ms);
        row_set_int(row, WAITING_LAST, core->now_ms);
        row_set_text(row, WAITING_VERSION, version);
        row_set_text(row, WAITING_HOST, host);
        ledger_put(waiting, row, core->fx);
    }
    hold_registration(core, key, message);
    dispatch_ack(core, registration->name, key, message, ACK_REJECTED, rule_name(RULE_NOT_ACCEPTED),
                 "waiting for an admin's !accept");
    tell_admins(core, registration->name, key);
}

static void alarm_other_key(Core *core, const char *name, const char *key)
{
    g_autofree char *what = g_strdup_printf("other key %s", name);

    core->refused_count++;
    if (!say_is_due(core, what, HOUR_MS))
        return;

    effects_audit(core->fx, core->now_ms, "alarm", key, name, NULL,
                  "a register for an accepted agent with another key; nothing was changed");
    effects_log(core->fx, EFFECT_LOG_ERROR, NULL, name,
                "a register with another key (%s) than the accepted one; nothing was changed", key);
    notices_tell(core, NOTICE_ALARM,
                 "ALARM: somebody registers as %s with another key (%s) than the accepted one. "
                 "Nothing was changed. If the machine was installed anew: !revoke %s, then "
                 "!accept.",
                 name, key, name);
}

void registration_take(Core *core, const EventMessage *event)
{
    const Message *message = event->message;
    const char *name = message->registration.name;
    const RegistryAgent *entry = registry_find(core->registry, name);
    const RegistryAgent *owner = registry_by_key(core->registry, event->sender);

    if (users_by_key(core->users, event->sender) || (owner && owner != entry)) {
        g_autofree char *what = g_strdup_printf("claim %s", event->sender);

        core->refused_count++;
        if (!say_is_due(core, what, HOUR_MS))
            return;
        effects_audit(core->fx, core->now_ms, "alarm", event->sender, name, NULL,
                      "a register with a key that belongs to somebody else");
        return;
    }
    if (entry && entry->is_accepted && strcmp(entry->key, event->sender) != 0)
        alarm_other_key(core, name, event->sender);
    else if (entry && entry->is_accepted)
        admit(core, event->sender, message);
    else
        wait_for_accept(core, event->sender, message);
}

static void edit_registry(Core *core, const char *name, const char *key, bool is_accepted)
{
    g_autoptr(Json) members = json_new_object();
    g_autofree char *text = NULL;

    /* Each edit of an agent says all that the ones before said. */
    edits_drop(core, REGISTRY_FILE, name);
    json_set_string(members, "public_key", key);
    json_set_bool(members, "accepted", is_accepted);
    text = json_print(members);
    edits_make(core, REGISTRY_FILE, name, text);
    registry_set_key(core->registry, name, key, is_accepted);
    registration_send_trust(core);
}

/* As the answer to a status frame does; without one, since the next may be minutes away. Lost with
 * the link, it is not repeated: the agent registers at each connect, and its status is answered. */
static void ask_to_register(Core *core, const char *name, const char *key)
{
    g_autofree char *id = core_new_id(core);
    g_autoptr(Message) wished = message_new(MESSAGE_REGISTER, id, name, core->now_ms);

    dispatch_ack(core, name, key, wished, ACK_REJECTED, NOT_REGISTERED, "accepted: register again");
}

bool registration_accept(Core *core, const char *name, const char *key)
{
    g_autofree char *held_key = g_strdup(key);
    void *stolen_key = NULL;
    void *message = NULL;

    edit_registry(core, name, held_key, true);
    revoked_forget(core, held_key);
    ledger_remove(core->ledgers[TABLE_WAITING], held_key, core->fx);
    if (!g_hash_table_steal_extended(core->registrations, held_key, &stolen_key, &message)) {
        ask_to_register(core, name, held_key);
        return false;
    }
    g_free(stolen_key);
    admit(core, held_key, message);
    message_free(message);
    return true;
}

void registration_revoke(Core *core, const char *name, const char *user)
{
    const RegistryAgent *entry = registry_find(core->registry, name);
    g_autofree char *key = g_strdup(entry->key);
    g_autofree char *topic = topic_status(name);

    edit_registry(core, name, key, false);
    revoked_note(core, key, user);
    outcome_revoke(core, name);
    dispatch_drop_agent(core, name);
    fleet_remove(core->fleet, name);
    effects_delete(core->fx, TABLE_AGENTS, name);
    effects_publish_plain(core->fx, topic, "", true);
}

void registration_forget_old(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_WAITING]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (core->now_ms - row_int(row, WAITING_LAST) <= WAITING_KEPT_MS)
            continue;
        g_hash_table_remove(core->registrations, row_text(row, WAITING_KEY));
        ledger_remove(core->ledgers[TABLE_WAITING], row_text(row, WAITING_KEY), core->fx);
    }
}

/* ---- status ---- */

static void set_state(Core *core, FleetAgent *agent, AgentState state, int64_t since_ms)
{
    if (agent->state == state)
        return;

    /* What the pause held meets the gate at the end of this step. An agent that was away held
     * nothing back, and hundreds come back at once. */
    if (agent->state == AGENT_PAUSED && state == AGENT_ONLINE)
        core->runs_due_ms = core->now_ms;
    effects_log(core->fx, EFFECT_LOG_INFO, NULL, agent->name, "%s", agent_state_name(state));
    agent->state = state;
    agent->since_ms = since_ms;
    if (state == AGENT_OFFLINE)
        absence_begin(core, agent);
}

void registration_ask(Core *core, const char *name, const char *key, const Message *status)
{
    if (status->status.seq != STATUS_SEQ_WILL && status->status.state != AGENT_OFFLINE)
        dispatch_ack(core, name, key, status, ACK_REJECTED, NOT_REGISTERED,
                     "agent1 does not know this journal: register again");
}

void registration_take_status(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageStatus *status = &message->status;
    bool is_will = status->seq == STATUS_SEQ_WILL;
    FleetOrder order;

    if (g_strcmp0(agent->journal, message->journal) != 0) {
        registration_ask(core, agent->name, agent->key, message);
        return;
    }
    if (is_will) {
        if (status->session != agent->session || agent->state == AGENT_OFFLINE)
            return;
        set_state(core, agent, AGENT_OFFLINE, core->now_ms);
        effects_put(core->fx, rows_of_agent(agent));
        dispatch_query_soon(core, agent, QUERY_AFTER_WILL_MS);
        return;
    }
    order = fleet_compare_status(agent, message->journal, status->session, status->seq);
    if (order != FLEET_NEWER)
        return;

    agent->session = status->session;
    agent->seq = status->seq;
    agent->running = status->running;
    agent->queued = status->queued;
    agent->clock_offset_ms = status->clock_offset_ms;
    agent->heard_ms = core->now_ms;
    set_state(core, agent, (AgentState)status->state,
              status->since_ms > 0 ? MIN(status->since_ms, core->now_ms) : core->now_ms);
    effects_put(core->fx, rows_of_agent(agent));
    if (agent->state != AGENT_OFFLINE)
        dispatch_due(core);
}
