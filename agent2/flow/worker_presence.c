#include "agent2/flow/worker_presence.h"

#include "common/base/limits.h"
#include "common/base/quantity.h"

#include <string.h>

#include "common/base/banned.h"

#define REGISTER_WAIT_MS     500 /* agent1 may come back to a broker after its agents */
#define REGISTER_WAIT_MAX_MS (60 * 1000)
#define STATUS_COUNTS_MS     5000 /* at most so often when only the counts changed */
#define STATUS_HEARTBEAT_MS  (5 * 60 * 1000)
#define SKILLS_MAX_BYTES     (128 * 1024) /* of a registration, which also tells other things */
#define UNACKED_MAX          200

/* ---- registration ------------------------------------------------------------------------------
 */

static Json *list_unacked(const Worker *worker)
{
    const GPtrArray *live = jobs_live(worker->jobs);
    Json *list = json_new_array();

    for (guint i = 0; i < live->len && json_count(list) < UNACKED_MAX; i++) {
        const Job *job = g_ptr_array_index(live, i);
        Json *entry;

        if (job->state == JOB_ARRIVING || job->state == JOB_REFUSING)
            continue;
        entry = json_new_object();
        json_set_string(entry, "run", job->run);
        json_set_int(entry, "attempt", job->attempt);
        json_append(list, entry);
    }
    return list;
}

static Json *describe_skills(const Worker *worker)
{
    Json *skills = skill_book_describe(worker->settings->skills, true);
    g_autofree char *text = json_print(skills);

    if (strlen(text) <= SKILLS_MAX_BYTES)
        return skills;
    json_free(skills);
    return skill_book_describe(worker->settings->skills, false);
}

static Json *describe_work_hours(const WorkerSettings *settings)
{
    Json *hours;

    if (!settings->work_hours)
        return NULL;
    hours = window_print(settings->work_hours);
    json_set_string(hours, "timezone", settings->zone_name);
    return hours;
}

static Message *new_registration(Worker *worker)
{
    const WorkerSettings *settings = worker->settings;
    Message *message = worker_new_message(worker, MESSAGE_REGISTER);
    MessageRegister *registration = &message->registration;

    registration->name = g_strdup(settings->name);
    registration->version = g_strdup(settings->version);
    registration->host = g_strdup(settings->host);
    registration->boot_id = g_strdup(settings->boot_id);
    registration->session = worker->session;
    registration->seq = ++worker->presence.seq;
    registration->skills = describe_skills(worker);
    registration->install_path = g_strdup(settings->install_path);
    registration->service_name = g_strdup(settings->service_name);
    registration->git_branch = g_strdup(settings->git_branch);
    registration->work_hours = describe_work_hours(settings);
    registration->policy_hash = g_strdup(settings->policy_hash);
    registration->clock_ms = worker->now_ms;
    registration->unacked = list_unacked(worker);
    return message;
}

/* A frame is made for one key. While none has answered, the keys take turns. */
static const char *key_to_try(const Worker *worker)
{
    const GPtrArray *keys = worker->settings->orchestrator_keys;
    const WorkerPresence *presence = &worker->presence;

    if (keys->len == 1 || presence->is_waiting || presence->register_sends == 0)
        return worker->peer;
    return g_ptr_array_index(keys, presence->register_sends % keys->len);
}

/* Slowly while it waits for a person; otherwise quickly at first. */
static int64_t register_wait_ms(Worker *worker)
{
    const WorkerPresence *presence = &worker->presence;

    if (presence->is_waiting)
        return REGISTER_WAIT_MAX_MS / 2 +
               worker_wait_ms(worker, 30, REGISTER_WAIT_MAX_MS, REGISTER_WAIT_MAX_MS);
    return REGISTER_WAIT_MS / 2 +
           worker_wait_ms(worker, presence->register_sends, REGISTER_WAIT_MS, REGISTER_WAIT_MAX_MS);
}

static void send_registration(Worker *worker, WorkerEffects *effects)
{
    WorkerPresence *presence = &worker->presence;
    Message *message = new_registration(worker);

    /* A repeat has the same id, so that a late answer to an earlier one counts. */
    if (presence->register_id) {
        g_free(message->id);
        message->id = g_strdup(presence->register_id);
    } else {
        presence->register_id = g_strdup(message->id);
    }
    worker_effects_publish(effects, TOPIC_REGISTER, key_to_try(worker), false, false, message);
    presence->register_boot_ms = worker->boot_ms + register_wait_ms(worker);
    presence->register_sends++;
}

void worker_register_again(Worker *worker)
{
    worker->presence.is_registered = false;
    worker->presence.register_boot_ms = 0;
    g_clear_pointer(&worker->presence.register_id, g_free);
}

/* agent1 has seen this journal with a higher session: it was restored from a backup, and what it
 * says of old runs is not to be believed. */
static void begin_journal(Worker *worker, WorkerEffects *effects)
{
    g_autofree char *old = g_steal_pointer(&worker->counters.journal);

    worker->counters.journal = ids_next(&worker->ids);
    worker->journal_version = worker_touch_counters(worker);
    worker_register_again(worker);
    worker_alarm(worker, effects, NULL,
                 "journal %s was restored from a backup: agent1 knows a later session of it; "
                 "this agent begins journal %s",
                 old, worker->counters.journal);
}

/* agent1 lost what it knew of this agent, or a person accepted it just now. Said again while a
 * registration is under way, it changes nothing. */
static void take_not_registered(Worker *worker, WorkerEffects *effects)
{
    WorkerPresence *presence = &worker->presence;

    if (presence->is_waiting) {
        /* The person for whom it waited slowly has spoken. */
        presence->is_waiting = false;
        presence->register_boot_ms = worker->boot_ms;
        return;
    }
    if (!presence->is_registered)
        return;

    worker_effects_log(effects, WORKER_LOG_WARNING, NULL,
                       "agent1 does not know this agent any more: registering again");
    worker_register_again(worker);
    presence->register_sends = 0;
}

void worker_take_register_ack(Worker *worker, const MessageAck *ack, WorkerEffects *effects)
{
    WorkerPresence *presence = &worker->presence;

    if (ack->state == ACK_REJECTED && g_strcmp0(ack->rule, "not_registered") == 0) {
        take_not_registered(worker, effects);
        return;
    }
    if (!presence->register_id || g_strcmp0(ack->in_reply_to, presence->register_id) != 0)
        return;

    if (ack->state == ACK_DONE) {
        if (!presence->is_registered)
            worker_effects_log(effects, WORKER_LOG_NOTICE, NULL, "registered with agent1");
        presence->is_registered = true;
        presence->is_waiting = false;
    } else if (g_strcmp0(ack->rule, "stale_session") == 0) {
        begin_journal(worker, effects);
    } else {
        if (!presence->is_waiting)
            worker_effects_log(effects, WORKER_LOG_WARNING, NULL, "not registered yet: %s",
                               ack->reason ? ack->reason : "agent1 waits for !accept");
        presence->is_waiting = true;
        presence->register_boot_ms = worker->boot_ms + register_wait_ms(worker);
    }
}

/* ---- status ------------------------------------------------------------------------------------
 */

static bool is_clock_off(const Worker *worker)
{
    return ABS(worker_clock_offset(&worker->clock)) > CLOCK_OFFSET_WARN_MS;
}

static Message *new_status(Worker *worker, AgentState state, int64_t seq)
{
    Message *message = worker_new_message(worker, MESSAGE_STATUS);
    MessageStatus *status = &message->status;

    status->name = g_strdup(worker->settings->name);
    status->session = worker->session;
    status->seq = seq;
    status->state = state;
    status->since_ms = worker->presence.since_ms;
    status->running = jobs_count_shims(worker->jobs);
    status->queued = jobs_count_in(worker->jobs, JOB_QUEUED);
    status->version = g_strdup(worker->settings->version);
    status->clock_offset_ms =
        is_clock_off(worker) ? worker_clock_offset(&worker->clock) : MESSAGE_ABSENT;
    return message;
}

static void send_status(Worker *worker, AgentState state, WorkerEffects *effects)
{
    WorkerPresence *presence = &worker->presence;
    g_autofree char *topic = topic_status(worker->settings->name);
    Message *message;

    /* A pause is an episode of being there: resumed, it is online since it came. */
    if (state != presence->state) {
        presence->state = state;
        presence->since_ms = state == AGENT_ONLINE ? presence->linked_ms : worker->now_ms;
    }
    message = new_status(worker, state, ++presence->seq);
    presence->running = (unsigned)message->status.running;
    presence->queued = (unsigned)message->status.queued;
    presence->is_clock_off = is_clock_off(worker);
    presence->is_status_due = false;
    presence->status_boot_ms = worker->boot_ms;
    worker_effects_publish(effects, topic, worker->peer, false, true, message);
}

static AgentState present_state(const Worker *worker)
{
    return worker->counters.is_paused ? AGENT_PAUSED : AGENT_ONLINE;
}

static int64_t status_boot_ms(const Worker *worker)
{
    const WorkerPresence *presence = &worker->presence;
    bool is_changed = presence->running != jobs_count_shims(worker->jobs) ||
                      presence->queued != jobs_count_in(worker->jobs, JOB_QUEUED);

    if (presence->is_status_due || presence->state != present_state(worker) ||
        presence->is_clock_off != is_clock_off(worker))
        return worker->boot_ms;
    return presence->status_boot_ms + (is_changed ? STATUS_COUNTS_MS : STATUS_HEARTBEAT_MS);
}

Message *worker_show_will(Worker *worker, const char **out_peer)
{
    /* By the clock, too, so that it rises even when the disk is full over a restart. */
    worker->session = MAX(worker->session + 1, worker->now_ms);
    worker->presence.seq = 0;
    if (worker->counters.session_end - worker->session < WORKER_SESSIONS / 2) {
        worker->counters.session_end = worker->session + WORKER_SESSIONS;
        worker_touch_counters(worker);
    }
    *out_peer = worker->peer;
    return new_status(worker, AGENT_OFFLINE, STATUS_SEQ_WILL);
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

void worker_present(Worker *worker, WorkerEffects *effects)
{
    WorkerPresence *presence = &worker->presence;

    worker_register_again(worker);
    presence->register_sends = 0;
    presence->is_status_due = true;
    presence->linked_ms = worker->now_ms;
    presence->since_ms = worker->now_ms;
    if (!presence->is_probed)
        worker_effects_probe(effects);
    presence->is_probed = true;
}

void worker_take_leave(Worker *worker, WorkerEffects *effects)
{
    if (worker->is_linked)
        send_status(worker, AGENT_OFFLINE, effects);
}

/* A registration tells the journal, which must be durable. */
static bool may_register(const Worker *worker)
{
    return !worker->presence.is_registered && worker_has_durable_journal(worker);
}

static void log_clock(Worker *worker, WorkerEffects *effects)
{
    int64_t offset_ms = worker_clock_offset(&worker->clock);
    g_autofree char *offset = duration_format(ABS(offset_ms));

    if (is_clock_off(worker) && !worker->presence.is_clock_off)
        worker_effects_log(effects, WORKER_LOG_WARNING, NULL,
                           "agent1's clock is %s %s this one; expiry is judged by agent1's", offset,
                           offset_ms > 0 ? "ahead of" : "behind");
}

void worker_show(Worker *worker, WorkerEffects *effects)
{
    if (!worker->is_linked || worker->is_stopping)
        return;
    if (may_register(worker) && worker->boot_ms >= worker->presence.register_boot_ms)
        send_registration(worker, effects);
    log_clock(worker, effects);
    if (worker->boot_ms >= status_boot_ms(worker))
        send_status(worker, present_state(worker), effects);
}

int64_t worker_show_boot_deadline(const Worker *worker)
{
    int64_t deadline = WORKER_NEVER;

    if (!worker->is_linked || worker->is_stopping)
        return deadline;
    if (may_register(worker))
        deadline = worker->presence.register_boot_ms;
    return MIN(deadline, status_boot_ms(worker));
}
