/* The agent's process on a host. */
#include "tests/simulate/host_state.h"

#include "common/data/json.h"
#include "common/wire/topic.h"
#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

#define TICKS_MAX 400 /* at one instant: more is a loop that spins */
#define SKILLS                                                                                     \
    "{\"format\":1,\"pack\":\"sim\",\"description\":\"For the simulation\",\"skills\":[{"          \
    "\"name\":\"sim.safe\",\"description\":\"Again and again\",\"risk\":\"low\","                  \
    "\"params\":[],\"argv\":[\"/bin/true\"],\"idempotent\":true}]}"

/* ---- outward effects ---- */

static void launch(Host *host, const WorkerEffect *effect)
{
    Sim *sim = host->sim;
    int64_t delay_ms = dice_between(&sim->dice, 0, 40);

    if (!sim->is_healed && dice_chance(&sim->dice, 10)) {
        sim_count(sim, INJECT_LAUNCHER_BUSY);
        g_queue_push_tail(host->events, worker_event_new_for_run(WORKER_EVENT_NOT_LAUNCHED,
                                                                 effect->run, effect->attempt));
        return;
    }
    host_watch(host, effect->run, effect->attempt, true);
    if (!sim->is_healed && dice_chance(&sim->dice, 10)) {
        sim_count(sim, INJECT_SHIM_NEVER);
        return;
    }
    if (!sim->is_healed && dice_chance(&sim->dice, 60)) {
        sim_count(sim, INJECT_SHIM_LATE);
        delay_ms = dice_between(&sim->dice, 5 * SECOND_MS, 20 * SECOND_MS);
    }
    g_ptr_array_add(host->shims, shim_process_new(host, effect->run, effect->attempt, delay_ms));
}

/* MUTANT_RESULT: what was published once is not published again. */
static bool is_repeated_result(const Host *host, const Message *message)
{
    return host->sim->mutant == MUTANT_RESULT && message->kind == MESSAGE_RESULT &&
           !g_hash_table_add(host->results, g_strdup(message->id));
}

static void publish(Host *host, const WorkerPublish *effect)
{
    if (!is_repeated_result(host, effect->message))
        broker_publish(
            host->client,
            parcel_new(effect->topic, host->key, effect->peer, effect->is_sealed, effect->message),
            effect->is_retained);
}

static void do_outward(Host *host, const WorkerEffect *effect)
{
    switch (effect->kind) {
    case WORKER_EFFECT_LAUNCH:
        launch(host, effect);
        return;
    case WORKER_EFFECT_ATTACH:
        host_watch(host, effect->run, effect->attempt, false);
        return;
    case WORKER_EFFECT_PUBLISH:
        publish(host, &effect->publish);
        return;
    case WORKER_EFFECT_LOG:
        sim_trace(host->sim, "%s: %s", host->name, effect->log.text);
        return;
    case WORKER_EFFECT_RENEW:
        broker_cut(host->client, 0);
        return;
    case WORKER_EFFECT_UPDATE:
    case WORKER_EFFECT_PROBE:
    case WORKER_EFFECT_CREATE:
    case WORKER_EFFECT_TOMBSTONE:
    case WORKER_EFFECT_CLAIM:
    case WORKER_EFFECT_CANCEL:
    case WORKER_EFFECT_DONE:
    case WORKER_EFFECT_REMOVE:
    case WORKER_EFFECT_COUNTERS:
    case WORKER_EFFECT_READ:
        return;
    }
    g_assert_not_reached();
}

/* ---- the journal ---- */

static void drain(Host *host);
static void work_on_lane(Host *host, guint lane);

static unsigned count_waiting(const Host *host)
{
    GHashTableIter iter;
    unsigned count = 0;
    void *value;

    g_hash_table_iter_init(&iter, host->disk.folders);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const DiskFolder *folder = value;

        count += folder->facts->facts.has_task && folder->facts->facts.claim == CLAIM_NONE;
    }
    return count;
}

static void note_filed(Host *host, const WorkerEffect *effect, const WorkerEvent *answer)
{
    if (answer->journaled.outcome != WORKER_STORED || answer->journaled.existed)
        return;
    truth_filed(host->sim->truth, host, effect->run, effect->attempt);
    if (count_waiting(host) > host->queue + host->max_parallel)
        sim_break(host->sim, PROMISE_QUEUE_BOUND, "%s holds %u tasks that did not begin",
                  host->name, count_waiting(host));
    if (host->sim->mutant == MUTANT_JOURNAL)
        g_ptr_array_add(host->unsynced, run_disk_key(effect->run, effect->attempt));
}

static void see_cancel(Host *host, const WorkerEffect *effect)
{
    for (guint i = 0; i < host->shims->len; i++) {
        if (shim_process_is_on(host->shims->pdata[i], effect->run, effect->attempt))
            shim_process_see_cancel(host->shims->pdata[i]);
    }
}

static void note_change(Host *host, const WorkerEffect *effect, const WorkerEvent *answer)
{
    if (answer->kind != WORKER_EVENT_JOURNALED || answer->journaled.outcome != WORKER_STORED)
        return;
    if (effect->kind == WORKER_EFFECT_CREATE)
        note_filed(host, effect, answer);
    else if (effect->kind == WORKER_EFFECT_CANCEL)
        see_cancel(host, effect);
    else if ((effect->kind == WORKER_EFFECT_CLAIM && answer->journaled.is_mine) ||
             (effect->kind == WORKER_EFFECT_TOMBSTONE && !answer->journaled.existed))
        truth_claimed(host->sim->truth, effect->run, effect->attempt, answer->journaled.claim.kind);
}

/* MUTANT_CLAIM: the agent's claim goes over whatever is there. */
static void forget_claim(Host *host, const WorkerEffect *effect)
{
    DiskFolder *folder = run_disk_find(&host->disk, effect->run, effect->attempt);

    if (folder)
        folder->facts->facts.claim = CLAIM_NONE;
}

static void take_answer(void *owner, void *item)
{
    Host *host = owner;
    WorkerEvent **answer = item;

    worker_batches_answered(host->batches, (*answer)->batch);
    host_post(host, g_steal_pointer(answer));
}

static void free_answer_place(void *data)
{
    WorkerEvent **answer = data;

    worker_event_free(*answer);
    g_free(answer);
}

static void do_journal(void *owner, void *item)
{
    Host *host = owner;
    guint lane = GPOINTER_TO_UINT(item);
    WorkerEffect *effect = g_queue_pop_head(host->lanes[lane]);
    WorkerEvent **answer = g_new0(WorkerEvent *, 1);

    host->is_lane_busy[lane] = false;
    if (host->sim->mutant == MUTANT_CLAIM && effect->kind == WORKER_EFFECT_CLAIM)
        forget_claim(host, effect);
    *answer = run_disk_perform(&host->disk, effect);
    (*answer)->batch = effect->batch;
    sim_trace(host->sim, "%s: %s %s%s", host->name, worker_effect_name(effect->kind),
              effect->run ? effect->run : "",
              (*answer)->kind == WORKER_EVENT_JOURNALED && (*answer)->journaled.problem ? " failed"
                                                                                        : "");
    /* A full disk may keep the agent from noting it: then it asks again after a restart. */
    if (effect->kind == WORKER_EFFECT_DONE)
        g_hash_table_add(host->acknowledged, run_disk_key(effect->run, effect->attempt));
    note_change(host, effect, *answer);
    worker_effect_free(effect);
    if (sim_strikes(host->sim, PROCESS_AGENT)) {
        free_answer_place(answer);
        host_crash(host, -1);
        return;
    }
    sim_later(host->sim, 0, take_answer, host, answer, free_answer_place, &host->life);
    work_on_lane(host, lane);
}

static void work_on_lane(Host *host, guint lane)
{
    if (host->is_lane_busy[lane] || g_queue_is_empty(host->lanes[lane]))
        return;
    host->is_lane_busy[lane] = true;
    sim_later(host->sim, dice_between(&host->sim->dice, 0, host->sim->plan.journal_max_ms),
              do_journal, host, GUINT_TO_POINTER(lane), NULL, &host->life);
}

/* ---- the turn ---- */

static void hand_over(Host *host)
{
    WorkerEffect *effect;

    while ((effect = worker_batches_hand_over(host->batches)) != NULL) {
        guint lane = effect->run ? g_str_hash(effect->run) % LANES : 0;

        g_queue_push_tail(host->lanes[lane], effect);
        work_on_lane(host, lane);
    }
}

/* True when a batch left. The process may have crashed over it. */
static bool advance(Host *host)
{
    g_autoptr(GPtrArray) outward = NULL;

    hand_over(host);
    outward = worker_batches_finish(host->batches);
    for (guint i = 0; outward && i < outward->len; i++) {
        do_outward(host, outward->pdata[i]);
        if (sim_strikes(host->sim, PROCESS_AGENT)) {
            host_crash(host, -1);
            return false;
        }
    }
    return outward != NULL;
}

static void step(Host *host, WorkerEvent *event)
{
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    host->sim->counts->steps++;
    event->now_ms = host_now(host);
    event->boot_ms = host_boot_now(host);
    dice_fill(&host->sim->dice, event->seed, sizeof event->seed);
    worker_step(host->worker, event, effects);
    worker_batches_add(host->batches, effects);
    if (sim_strikes(host->sim, PROCESS_AGENT))
        host_crash(host, -1);
}

static void on_time(void *owner, void *item)
{
    Host *host = owner;

    if (GPOINTER_TO_UINT(item) != host->timer)
        return;
    host->ticks = host->last_tick_ms == host->sim->now_ms ? host->ticks + 1 : 0;
    host->last_tick_ms = host->sim->now_ms;
    if (host->ticks > TICKS_MAX)
        sim_break(host->sim, PROMISE_SLEEPS, "%s is woken over and over at one instant",
                  host->name);
    host_post(host, worker_event_new(WORKER_EVENT_TICK));
}

static void arm_timer(Host *host)
{
    int64_t now_ms = host_now(host);
    int64_t next_ms = worker_next_deadline(host->worker, now_ms, host_boot_now(host));

    host->timer++;
    if (next_ms != INT64_MAX)
        sim_later(host->sim, next_ms - now_ms, on_time, host, GUINT_TO_POINTER(host->timer), NULL,
                  &host->life);
}

static void finish_stop(Host *host)
{
    broker_leave(host->client, true);
    sim_count(host->sim, INJECT_AGENT_RESTART);
    host_crash(host, -1);
}

static void drain(Host *host)
{
    bool goes_on = true;

    if (host->is_draining)
        return;
    host->is_draining = true;
    while (goes_on && host->worker) {
        g_autoptr(WorkerEvent) event = g_queue_pop_head(host->events);

        if (event)
            step(host, event);
        goes_on = host->worker && (advance(host) || event != NULL);
    }
    host->is_draining = false;
    if (!host->worker)
        return;
    if (!host->has_joined && !host->is_stopping && worker_may_connect(host->worker)) {
        host->has_joined = true;
        broker_join(host->client);
    }
    arm_timer(host);
    if (host->is_stopping && worker_batches_count(host->batches) == 0)
        finish_stop(host);
}

void host_post(Host *host, WorkerEvent *event)
{
    if (!host->worker) {
        worker_event_free(event);
        return;
    }
    g_queue_push_tail(host->events, event);
    drain(host);
}

/* ---- the link ---- */

static bool wants(void *owner, const char *topic)
{
    const Host *host = owner;
    g_autofree char *name = NULL;
    TopicKind kind = topic_parse(topic, &name);

    return (kind == TOPIC_KIND_INBOX || kind == TOPIC_KIND_CONTROL) &&
           g_strcmp0(name, host->name) == 0;
}

static void change_by_mutant(Host *host, Message *message)
{
    if (message->kind != MESSAGE_TASK)
        return;
    if (host->sim->mutant == MUTANT_JOURNAL_NAME) {
        g_free(message->journal);
        message->journal = g_strdup(worker_journal_id(host->worker));
    }
    if (host->sim->mutant == MUTANT_EPOCH)
        message->task.epoch = INT64_C(1) << 40;
}

static void on_message(void *owner, const Parcel *parcel)
{
    Host *host = owner;
    WorkerEvent *event;
    Message *message;

    if (!host->worker || parcel->is_retained || strcmp(parcel->peer, host->key) != 0)
        return;
    message = parcel_open(parcel);
    if (!message) {
        sim_break(host->sim, PROMISE_SURVIVES, "a message cannot be read: %s", parcel->body);
        return;
    }
    truth_heard(host->sim->truth, host, message);
    change_by_mutant(host, message);
    event = worker_event_new(WORKER_EVENT_MESSAGE);
    event->message.topic = topic_parse(parcel->topic, &event->message.topic_name);
    event->message.sender = g_strdup(parcel->sender);
    event->message.is_sealed = parcel->is_sealed;
    event->message.message = message;
    host_post(host, event);
}

static void on_up(void *owner)
{
    host_post(owner, worker_event_new(WORKER_EVENT_LINK_UP));
}

static void on_down(void *owner)
{
    host_post(owner, worker_event_new(WORKER_EVENT_LINK_DOWN));
}

static Parcel *make_will(void *owner)
{
    Host *host = owner;
    uint8_t seed[IDS_SEED_BYTES];
    const char *peer = NULL;
    g_autoptr(Message) will = NULL;
    g_autofree char *topic = topic_status(host->name);

    dice_fill(&host->sim->dice, seed, sizeof seed);
    will = worker_next_will(host->worker, host_now(host), seed, &peer);
    return parcel_new(topic, host->key, peer, false, will);
}

/* ---- the process's life ---- */

static WorkerSettings *make_settings(const Host *host)
{
    WorkerSettings *settings = worker_settings_new();
    g_autoptr(Json) pack = json_parse(SKILLS, strlen(SKILLS), strlen(SKILLS) + 1, NULL);
    g_autoptr(GError) error = NULL;

    settings->name = g_strdup(host->name);
    settings->version = g_strdup("0.1.0");
    settings->host = g_strdup(host->name);
    settings->boot_id = g_strdup(host->boot_id);
    settings->policy_hash = g_strdup("hash");
    g_ptr_array_add(settings->orchestrator_keys, sim_key(SIM_KEY_AGENT1));
    settings->max_parallel = host->max_parallel;
    settings->queue = host->sim->mutant == MUTANT_BOUNDS ? 1000 : host->queue;
    settings->skills = skill_book_new();
    if (!skill_book_add_pack(settings->skills, pack, NULL, &error))
        g_error("%s", error->message);
    skill_book_add_shell(settings->skills);
    return settings;
}

static void free_effect(void *effect)
{
    worker_effect_free(effect);
}

static void free_event(void *event)
{
    worker_event_free(event);
}

static void start(void *owner, void *item)
{
    Host *host = owner;
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    g_autoptr(GPtrArray) folders = NULL;
    g_autoptr(GError) error = NULL;
    uint8_t seed[IDS_SEED_BYTES];

    (void)item;
    host->life++;
    sim_trace(host->sim, "%s starts", host->name);
    truth_disturb(host->sim->truth, host);
    dice_fill(&host->sim->dice, seed, sizeof seed);
    host->worker = worker_new(make_settings(host), host->sim->zones, host->disk.counters,
                              host_now(host), seed, &error);
    if (!host->worker)
        g_error("%s", error->message);
    host->batches = worker_batches_new();
    memset(host->is_lane_busy, 0, sizeof host->is_lane_busy);
    host->is_stopping = false;
    host->has_joined = false;
    folders = run_disk_list(&host->disk);
    dice_fill(&host->sim->dice, seed, sizeof seed);
    worker_restore(host->worker, folders, host_now(host), host_boot_now(host), seed, effects);
    worker_batches_add(host->batches, effects);
    drain(host);
}

void host_process_start_later(Host *host, int64_t delay_ms)
{
    sim_later(host->sim, delay_ms, start, host, NULL, NULL, &host->life);
}

/* What a journal that breaks its contract does not bring back. */
static void lose_by_mutant(Host *host)
{
    for (guint i = 0; i < host->unsynced->len; i++) {
        const DiskFolder *folder =
            g_hash_table_lookup(host->disk.folders, host->unsynced->pdata[i]);

        if (folder && folder->facts->facts.claim == CLAIM_NONE)
            g_hash_table_remove(host->disk.folders, host->unsynced->pdata[i]);
    }
    g_ptr_array_set_size(host->unsynced, 0);
}

void host_process_end(Host *host)
{
    host->life++;
    g_clear_pointer(&host->worker, worker_free);
    g_clear_pointer(&host->batches, worker_batches_free);
    g_queue_clear_full(host->events, free_event);
    for (guint i = 0; i < LANES; i++)
        g_queue_clear_full(host->lanes[i], free_effect);
    g_hash_table_remove_all(host->watched);
    lose_by_mutant(host);
    broker_leave(host->client, false);
    truth_disturb(host->sim->truth, host);
}

void host_crash(Host *host, int64_t away_ms)
{
    Sim *sim = host->sim;

    if (!host->worker)
        return;
    sim_trace(sim, "%s %s", host->name, host->is_stopping ? "ends" : "crashes");
    if (!host->is_stopping)
        sim_count(sim, INJECT_AGENT_CRASH);
    host_process_end(host);
    if (away_ms < 0)
        away_ms = dice_between(&sim->dice, 10, 5 * SECOND_MS);
    host_process_start_later(host, away_ms);
}

void host_stop(Host *host)
{
    if (!host->worker || host->is_stopping)
        return;
    host->is_stopping = true;
    host_post(host, worker_event_new(WORKER_EVENT_STOP));
}

void host_process_init(Host *host)
{
    static const BrokerHandlers handlers = {
        .wants = wants, .message = on_message, .up = on_up, .down = on_down, .make_will = make_will
    };

    host->events = g_queue_new();
    for (guint i = 0; i < LANES; i++)
        host->lanes[i] = g_queue_new();
    host->client = broker_add_client(host->sim->broker, host->name, &handlers, host);
    host_process_start_later(host, dice_between(&host->sim->dice, 0, 5 * SECOND_MS));
}

void host_process_clear(Host *host)
{
    worker_free(host->worker);
    worker_batches_free(host->batches);
    g_queue_free_full(host->events, free_event);
    for (guint i = 0; i < LANES; i++)
        g_queue_free_full(host->lanes[i], free_effect);
}
