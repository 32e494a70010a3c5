#include "agent1/flow/runs/dispatch.h"

#include "agent1/flow/runs/policy.h"
#include "agent1/flow/state/rows.h"
#include "common/data/backoff.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define QUERY_BASE_MS 5000
#define QUERY_CAP_MS  60000
/* An agent that is gone is asked again when it registers. */
#define QUERIES_MAX 6
/* From so many copies of a task on that nobody acknowledged, each is followed by a question: an
 * agent that hears its control topic alone answers it, and knows then that something is missing. */
#define UNHEARD_SENDS 3

/* ---- adding and removing ---- */

static void add(Core *core, const char *agent, OutboxKind kind, const char *run, int64_t attempt,
                int64_t seq)
{
    g_autofree char *id = core_new_id(core);
    const OutboxItem *item =
        outbox_add(core->outbox, id, agent, kind, run, attempt, seq, core->now_ms);

    effects_put(core->fx, rows_of_outbox(item));
}

static void drop(Core *core, const OutboxItem *item)
{
    effects_delete(core->fx, TABLE_OUTBOX, item->id);
    outbox_remove(core->outbox, item->id);
}

void dispatch_add_run(Core *core, const Run *run, OutboxKind kind)
{
    add(core, run->agent, kind, run->id, run->attempt, 0);
}

/* What is about a run has no number of its own: 0, or, of a cancel, that the task which it replaces
 * was not heard. */
#define SEQ_UNHEARD 1

void dispatch_add_cancel(Core *core, const Run *run, bool is_unheard)
{
    dispatch_drop_run(core, run);
    add(core, run->agent, OUTBOX_CANCEL, run->id, run->attempt, is_unheard ? SEQ_UNHEARD : 0);
}

bool dispatch_was_unheard(const Core *core, const Run *run)
{
    g_autoptr(GPtrArray) items = outbox_of_run(core->outbox, run->agent, run->id);
    unsigned i;

    for (i = 0; i < items->len; i++) {
        const OutboxItem *item = items->pdata[i];

        if (item->seq == SEQ_UNHEARD)
            return true;
    }
    return false;
}

/* Pause and resume replace one another; so do policies. */
static bool replaces(OutboxKind one, OutboxKind other)
{
    bool is_one_pause = one == OUTBOX_PAUSE || one == OUTBOX_RESUME;
    bool is_other_pause = other == OUTBOX_PAUSE || other == OUTBOX_RESUME;

    return one == other || (is_one_pause && is_other_pause);
}

/* Above whatever this agent saw, also when agent1's own count of it was lost with a revoke or with
 * the database, and when the clock was put back since: it ignores a lower one. */
static int64_t next_control_seq(Core *core, const FleetAgent *agent)
{
    const char *stored = core_meta(core, META_CONTROL);
    int64_t last = stored ? g_ascii_strtoll(stored, NULL, 10) : 0;
    int64_t seq = MAX(MAX(agent->control_seq, last) + 1, core->now_ms);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, seq);

    core_set_meta(core, META_CONTROL, text);
    return seq;
}

/* With the agent's next number, in place of an older one of its purpose. */
static void add_numbered(Core *core, FleetAgent *agent, OutboxKind kind)
{
    g_autoptr(GPtrArray) items = outbox_of_agent(core->outbox, agent->name);
    unsigned i;

    for (i = 0; i < items->len; i++) {
        const OutboxItem *item = items->pdata[i];

        if (!item->run && replaces(kind, item->kind))
            drop(core, item);
    }
    agent->control_seq = next_control_seq(core, agent);
    effects_put(core->fx, rows_of_agent(agent));
    add(core, agent->name, kind, NULL, 0, agent->control_seq);
}

static bool has_control(const Core *core, const FleetAgent *agent, OutboxKind kind)
{
    g_autoptr(GPtrArray) items = outbox_of_agent(core->outbox, agent->name);
    unsigned i;

    for (i = 0; i < items->len; i++) {
        if (((const OutboxItem *)items->pdata[i])->kind == kind)
            return true;
    }
    return false;
}

void dispatch_add_control(Core *core, FleetAgent *agent, OutboxKind kind)
{
    bool is_overtaken = kind != OUTBOX_POLICY && has_control(core, agent, OUTBOX_POLICY);

    add_numbered(core, agent, kind);
    /* Whichever comes first, the agent ignores the lower number: the policy, which tells of pauses
     * too, must have the higher one. */
    if (is_overtaken)
        add_numbered(core, agent, OUTBOX_POLICY);
}

void dispatch_number_anew(Core *core)
{
    /* The policy last: it tells of pauses, too. */
    static const OutboxKind kinds[] = { OUTBOX_PAUSE, OUTBOX_RESUME, OUTBOX_POLICY };
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    unsigned i;
    unsigned j;

    for (i = 0; i < agents->len; i++) {
        for (j = 0; j < G_N_ELEMENTS(kinds); j++) {
            if (has_control(core, agents->pdata[i], kinds[j]))
                add_numbered(core, agents->pdata[i], kinds[j]);
        }
    }
}

/* The agent followed this control, and so ignores those with lower numbers. Whatever they said, it
 * says as well. */
static void drop_overtaken(Core *core, const char *agent, int64_t seq)
{
    g_autoptr(GPtrArray) items = outbox_of_agent(core->outbox, agent);
    unsigned i;

    for (i = 0; i < items->len; i++) {
        const OutboxItem *item = items->pdata[i];

        if (!item->run && item->seq < seq)
            drop(core, item);
    }
}

bool dispatch_acknowledge(Core *core, const char *agent, const char *id)
{
    const OutboxItem *item = id ? outbox_find(core->outbox, id) : NULL;

    if (!item || g_strcmp0(item->agent, agent) != 0)
        return false;

    if (!item->run)
        drop_overtaken(core, agent, item->seq);
    drop(core, item);
    return true;
}

void dispatch_drop_agent(Core *core, const char *agent)
{
    g_autoptr(GPtrArray) items = outbox_of_agent(core->outbox, agent);
    unsigned i;

    for (i = 0; i < items->len; i++)
        drop(core, items->pdata[i]);
}

void dispatch_drop_run(Core *core, const Run *run)
{
    g_autoptr(GPtrArray) items = outbox_of_run(core->outbox, run->agent, run->id);
    unsigned i;

    for (i = 0; i < items->len; i++)
        drop(core, items->pdata[i]);
}

void dispatch_add_policies(Core *core)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    unsigned i;

    for (i = 0; i < agents->len; i++) {
        FleetAgent *agent = agents->pdata[i];

        if (agent->journal)
            dispatch_add_control(core, agent, OUTBOX_POLICY);
    }
}

/* ---- making messages ---- */

static Message *make_task(Core *core, const OutboxItem *item, const Run *run)
{
    Message *message = message_new(MESSAGE_TASK, item->id, AGENT1_NAME, core->now_ms);
    MessageTask *task = &message->task;
    const RegistryAgent *entry;
    HoursView view;
    Hours hours;

    g_assert(run);
    entry = registry_find(core->registry, run->agent);
    core_hours(core, entry, &hours);
    hours_look(&hours, core->now_ms, &view);
    message->journal = g_strdup(run->journal);
    task->run = g_strdup(run->id);
    task->number = run->number;
    task->attempt = run->attempt;
    task->epoch = core->epoch;
    task->agent = g_strdup(run->agent);
    task->task = g_strdup(run->task);
    task->is_idempotent = run->is_idempotent;
    task->expires_ms = run->expires_ms;
    task->timeout_s = run->timeout_ms / 1000;
    task->requested_by = g_strdup(run->user);
    if (run->approved_hash) {
        task->approval_id = g_strdup(run->approval);
        task->approval_hash = g_strdup(run->approved_hash);
    }
    if (view.closes_ms != INT64_MAX)
        task->window_end_ms = view.closes_ms;
    return message;
}

static Message *make_cancel(Core *core, const OutboxItem *item, const Run *run)
{
    Message *message = message_new(MESSAGE_CONTROL, item->id, AGENT1_NAME, core->now_ms);

    g_assert(run);
    message->control.action = CONTROL_CANCEL;
    message->control.run = g_strdup(run->id);
    message->control.attempt = run->attempt;
    message->control.expires_ms = run->expires_ms;
    return message;
}

static Message *make_control(Core *core, const OutboxItem *item, ControlAction action)
{
    Message *message = message_new(MESSAGE_CONTROL, item->id, AGENT1_NAME, core->now_ms);

    message->control.action = (int)action;
    message->control.seq = item->seq;
    if (action == CONTROL_POLICY)
        message->control.policy = policy_for(core, item->agent);
    return message;
}

static Message *make_message(Core *core, const OutboxItem *item, const Run *run)
{
    switch (item->kind) {
    case OUTBOX_TASK:
        return make_task(core, item, run);
    case OUTBOX_CANCEL:
        return make_cancel(core, item, run);
    case OUTBOX_POLICY:
        return make_control(core, item, CONTROL_POLICY);
    case OUTBOX_PAUSE:
        return make_control(core, item, CONTROL_PAUSE);
    case OUTBOX_RESUME:
        return make_control(core, item, CONTROL_RESUME);
    case OUTBOX_KIND_COUNT:
        break;
    }
    g_assert_not_reached();
}

/* ---- sending ---- */

static void publish(Core *core, const FleetAgent *agent, OutboxKind kind, Message *message)
{
    g_autofree char *topic =
        kind == OUTBOX_TASK ? topic_inbox(agent->name) : topic_control(agent->name);

    effects_publish(core->fx, topic, agent->key, true, message);
}

/* From here on the broker may have the attempt: that is stored before anything leaves. */
static void mark_handed(Core *core, Run *run, const FleetAgent *agent)
{
    g_assert(run);
    if (run->is_handed)
        return;

    run->is_handed = true;
    g_free(run->journal);
    run->journal = g_strdup(agent->journal);
    effects_put(core->fx, rows_of_run(run));
}

static void send_query(Core *core, const FleetAgent *agent, const char *id, const Run *run)
{
    g_autofree char *topic = topic_control(agent->name);
    Message *message = message_new(MESSAGE_CONTROL, id, AGENT1_NAME, core->now_ms);

    message->control.action = CONTROL_QUERY;
    if (run) {
        message->control.run = g_strdup(run->id);
        message->control.attempt = run->attempt;
        message->control.expires_ms = run->expires_ms;
    }
    effects_publish(core->fx, topic, agent->key, true, message);
}

void dispatch_query_run(Core *core, Run *run)
{
    const FleetAgent *agent = fleet_find(core->fleet, run->agent);
    g_autofree char *id = core_new_id(core);

    run->asked_ms = core->now_ms;
    g_free(run->query_id);
    run->query_id = g_strdup(id);
    if (agent && core->is_up[LINK_MQTT])
        send_query(core, agent, id, run);
}

static void send_item(Core *core, OutboxItem *item)
{
    const FleetAgent *agent = fleet_find(core->fleet, item->agent);
    Run *run = item->run ? runs_find(core->runs, item->run) : NULL;

    if (item->run && (!run || run->attempt != item->attempt)) {
        drop(core, item);
        return;
    }
    if (item->kind == OUTBOX_TASK)
        mark_handed(core, run, agent);
    publish(core, agent, item->kind, make_message(core, item, run));
    outbox_sent(item, core->now_ms, ids_random(&core->ids, UINT64_MAX));
    if (run && item->kind == OUTBOX_TASK && item->sent >= UNHEARD_SENDS)
        dispatch_query_run(core, run);
}

static bool is_reachable(const char *name, const void *data)
{
    const Core *core = data;
    const FleetAgent *agent = fleet_find(core->fleet, name);

    return agent && core_is_reachable(core, agent);
}

static void send_due_queries(Core *core)
{
    g_autoptr(GPtrArray) agents = NULL;
    unsigned i;

    if (!core->is_up[LINK_MQTT] || core->now_ms < core->queries_due_ms)
        return;

    agents = fleet_list(core->fleet);
    core->queries_due_ms = INT64_MAX;
    for (i = 0; i < agents->len; i++) {
        FleetAgent *agent = agents->pdata[i];

        if (agent->query_due_ms <= core->now_ms) {
            /* Never seen, only paused by a person, or no longer trusted: it is asked when it
             * registers. */
            if (!agent->journal || !core_is_trusted(core, agent))
                continue;
            send_query(core, agent, agent->query_id, NULL);
            agent->query_due_ms = core->now_ms + QUERY_BASE_MS +
                                  backoff_wait_ms(agent->query_sent, QUERY_BASE_MS, QUERY_CAP_MS,
                                                  ids_random(&core->ids, UINT64_MAX));
            if (++agent->query_sent >= QUERIES_MAX)
                agent->query_due_ms = INT64_MAX;
        }
        core->queries_due_ms = MIN(core->queries_due_ms, agent->query_due_ms);
    }
}

void dispatch_due(Core *core)
{
    g_autoptr(GPtrArray) due = NULL;
    unsigned i;

    send_due_queries(core);
    if (!core->is_up[LINK_MQTT] || outbox_count(core->outbox) == 0)
        return;

    due = outbox_due(core->outbox, core->now_ms, is_reachable, core);
    for (i = 0; i < due->len; i++)
        send_item(core, due->pdata[i]);
}

void dispatch_hurry(Core *core, const FleetAgent *agent)
{
    outbox_hurry(core->outbox, agent->name, core->now_ms);
}

void dispatch_query_soon(Core *core, FleetAgent *agent, int64_t delay_ms)
{
    g_free(agent->query_id);
    agent->query_id = core_new_id(core);
    agent->query_sent = 0;
    agent->query_due_ms = core->now_ms + delay_ms;
    core->queries_due_ms = MIN(core->queries_due_ms, agent->query_due_ms);
}

/* The run and attempt that a message of an agent is about, if it is about one. */
static void copy_run(const Message *about, MessageAck *ack)
{
    if (about->kind == MESSAGE_RESULT) {
        ack->run = g_strdup(about->result.run);
        ack->attempt = about->result.attempt;
    }
}

void dispatch_ack(Core *core, const char *agent, const char *key, const Message *about,
                  AckState state, const char *rule, const char *reason)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *topic = topic_control(agent);
    Message *message = message_new(MESSAGE_ACK, id, AGENT1_NAME, core->now_ms);

    message->ack.in_reply_to = g_strdup(about->id);
    message->ack.state = (int)state;
    message->ack.rule = g_strdup(rule);
    message->ack.reason = g_strdup(reason);
    copy_run(about, &message->ack);
    effects_publish(core->fx, topic, key, true, message);
}

int64_t dispatch_next_deadline(const Core *core)
{
    int64_t next_ms;

    if (!core->is_up[LINK_MQTT])
        return INT64_MAX;
    if (outbox_count(core->outbox) == 0)
        return core->queries_due_ms;

    next_ms = outbox_next_due(core->outbox, is_reachable, core);
    return MIN(next_ms, core->queries_due_ms);
}
