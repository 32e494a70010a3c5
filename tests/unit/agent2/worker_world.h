/*
 * A worker's core in a world of fake edges: run folders in memory, shims that do what the test
 * says, a clock that the test moves, and everything that was published, in order. The journal
 * answers at once, unless it is held; a crash begins a new core on what is durable.
 *
 * Needs <setjmp.h>, <stdarg.h>, <stddef.h> and <cmocka.h> before it.
 */
#ifndef TESTS_UNIT_AGENT2_WORKER_WORLD_H
#define TESTS_UNIT_AGENT2_WORKER_WORLD_H

#include "agent2/flow/worker.h"
#include "agent2/folder/decide.h"
#include "common/base/limits.h"
#include "common/data/json.h"
#include "tests/support/run_disk.h"

#include <string.h>

#define WORLD_NAME    "web1"
#define WORLD_KEY     "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns"
#define WORLD_KEY_2   "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9_AsrhtHHw"
#define WORLD_NOW     INT64_C(1795012000000) /* 2026-11-18T14:26:40Z, a Wednesday */
#define WORLD_BOOT    INT64_C(5000000)
#define WORLD_BOOT_ID "b007"
#define WORLD_EPOCH   INT64_C(1794900000)
#define MINUTE_MS     INT64_C(60000)
#define HOUR_MS       (60 * MINUTE_MS)
#define DAY_MS        (24 * HOUR_MS)

typedef struct World {
    Worker *worker;
    Zones *zones;
    RunDisk disk;
    GPtrArray *said; /* WorkerEffect *, PUBLISH */
    GPtrArray *logs; /* char * */
    GQueue *held;    /* WorkerEffect *, durable ones not done yet, while is_held */
    unsigned probes;
    unsigned renewals;        /* of the connection, that the core asked for */
    unsigned looks;           /* for a newer version */
    const char *install_path; /* static; NULL: none */
    unsigned attached;
    bool is_held;
    bool cannot_launch;
    int64_t now_ms;
    int64_t boot_ms;
    uint8_t seed;
    GString *skills; /* a pack, or empty */
    bool has_shell;
    unsigned max_parallel;
    unsigned queue;
    const char *keys[3];
    int64_t control_seq;
    unsigned messages;
} World;

static inline void world_free_effect(void *effect)
{
    worker_effect_free(effect);
}

static inline DiskFolder *world_folder(const World *world, const char *run, int64_t attempt)
{
    return run_disk_find(&world->disk, run, attempt);
}

/* ---- the turn ---- */

static inline void world_feed(World *world, WorkerEvent *event);

static inline void world_do_outward(World *world, WorkerEffect *effect)
{
    DiskFolder *folder = effect->run ? world_folder(world, effect->run, effect->attempt) : NULL;

    if (effect->kind == WORKER_EFFECT_PUBLISH) {
        g_ptr_array_add(world->said, effect);
        return;
    }
    if (effect->kind == WORKER_EFFECT_LAUNCH) {
        assert_non_null(folder);
        folder->launches++;
        if (world->cannot_launch)
            world_feed(world, worker_event_new_for_run(WORKER_EVENT_NOT_LAUNCHED, effect->run,
                                                       effect->attempt));
    } else if (effect->kind == WORKER_EFFECT_ATTACH) {
        world->attached++;
    } else if (effect->kind == WORKER_EFFECT_PROBE) {
        world->probes++;
    } else if (effect->kind == WORKER_EFFECT_RENEW) {
        world->renewals++;
    } else if (effect->kind == WORKER_EFFECT_UPDATE) {
        assert_string_equal(effect->update.path, world->install_path);
        world->looks++;
    } else if (effect->kind == WORKER_EFFECT_LOG) {
        g_ptr_array_add(world->logs, g_strdup(effect->log.text));
    }
    worker_effect_free(effect);
}

/* Durable effects first, each with its answer; then the outward ones, as the executor does. */
static inline void world_execute(World *world, WorkerEffects *effects)
{
    g_autoptr(GPtrArray) answers = g_ptr_array_new();

    g_ptr_array_set_free_func(effects->list, NULL);
    for (guint i = 0; i < effects->list->len; i++) {
        WorkerEffect *effect = g_ptr_array_index(effects->list, i);

        if (!worker_effect_is_journal(effect))
            continue;
        if (world->is_held) {
            g_queue_push_tail(world->held, effect);
            continue;
        }
        g_ptr_array_add(answers, run_disk_perform(&world->disk, effect));
        worker_effect_free(effect);
        effects->list->pdata[i] = NULL;
    }
    for (guint i = 0; i < effects->list->len; i++) {
        WorkerEffect *effect = g_ptr_array_index(effects->list, i);

        if (effect && !worker_effect_is_journal(effect))
            world_do_outward(world, effect);
    }
    for (guint i = 0; i < answers->len; i++)
        world_feed(world, g_ptr_array_index(answers, i));
}

static inline void world_fill_seed(World *world, uint8_t seed[IDS_SEED_BYTES])
{
    memset(seed, 0, IDS_SEED_BYTES);
    seed[0] = world->seed++;
    seed[1] = (uint8_t)(world->boot_ms & 0xff);
    seed[2] = (uint8_t)(world->boot_ms >> 8 & 0xff);
}

/* Takes the event over. */
static inline void world_feed(World *world, WorkerEvent *event)
{
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    event->now_ms = world->now_ms;
    event->boot_ms = world->boot_ms;
    world_fill_seed(world, event->seed);
    worker_step(world->worker, event, effects);
    world_execute(world, effects);
    worker_event_free(event);
}

/* Lets the held journal do what it has; it is not held any more. */
static inline void world_release(World *world)
{
    WorkerEffect *effect;

    world->is_held = false;
    while ((effect = g_queue_pop_head(world->held)) != NULL) {
        world_feed(world, run_disk_perform(&world->disk, effect));
        worker_effect_free(effect);
    }
}

/* Time passes; the worker is woken at each of its deadlines. */
static inline void world_pass(World *world, int64_t ms)
{
    int64_t end_ms = world->now_ms + ms;
    unsigned turns = 0;

    while (world->now_ms < end_ms) {
        int64_t deadline = worker_next_deadline(world->worker, world->now_ms, world->boot_ms);
        int64_t next_ms = CLAMP(deadline, world->now_ms, end_ms);

        world->boot_ms += next_ms - world->now_ms;
        world->now_ms = next_ms;
        world_feed(world, worker_event_new(WORKER_EVENT_TICK));
        if (turns++ > 100000)
            fail_msg("the worker does not sleep");
        if (deadline > end_ms)
            break;
    }
}

/* ---- life ---- */

static inline WorkerSettings *world_settings(const World *world)
{
    WorkerSettings *settings = worker_settings_new();
    g_autoptr(GError) error = NULL;

    settings->name = g_strdup(WORLD_NAME);
    settings->version = g_strdup("1.2.3");
    settings->host = g_strdup("host");
    settings->boot_id = g_strdup(WORLD_BOOT_ID);
    settings->policy_hash = g_strdup("hash");
    settings->install_path = g_strdup(world->install_path);
    for (size_t i = 0; world->keys[i]; i++)
        g_ptr_array_add(settings->orchestrator_keys, g_strdup(world->keys[i]));
    settings->max_parallel = world->max_parallel;
    settings->queue = world->queue;
    settings->skills = skill_book_new();
    if (world->skills->len > 0) {
        g_autoptr(Json) pack = json_parse(world->skills->str, world->skills->len, 100000, &error);

        if (!pack || !skill_book_add_pack(settings->skills, pack, NULL, &error))
            fail_msg("%s", error->message);
    }
    if (world->has_shell)
        skill_book_add_shell(settings->skills);
    return settings;
}

/* A new core on what is durable; not connected. */
static inline void world_start(World *world)
{
    g_autoptr(GPtrArray) folders = run_disk_list(&world->disk);
    g_autoptr(WorkerEffects) effects = worker_effects_new();
    uint8_t seed[IDS_SEED_BYTES];

    g_clear_pointer(&world->worker, worker_free);
    world_fill_seed(world, seed);
    world->worker = worker_new(world_settings(world), world->zones, world->disk.counters,
                               world->now_ms, seed, NULL);
    assert_non_null(world->worker);
    world_fill_seed(world, seed);
    worker_restore(world->worker, folders, world->now_ms, world->boot_ms, seed, effects);
    world_execute(world, effects);
}

static inline void world_link_up(World *world)
{
    uint8_t seed[IDS_SEED_BYTES];
    const char *peer = NULL;

    assert_true(worker_may_connect(world->worker));
    world_fill_seed(world, seed);
    message_free(worker_next_will(world->worker, world->now_ms, seed, &peer));
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_UP));
}

/* kill -9: what was not durable, or held, is gone; then a start and a connection. */
static inline void world_crash(World *world)
{
    g_queue_foreach(world->held, (GFunc)(void (*)(void))worker_effect_free, NULL);
    g_queue_clear(world->held);
    world->is_held = false;
    world_start(world);
    world_link_up(world);
}

/* A world before its first start. */
static inline World *world_new_unstarted(void)
{
    World *world = g_new0(World, 1);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

    world->zones = zones_new();
    zones_add(world->zones, "UTC", utc);
    run_disk_init(&world->disk, WORLD_BOOT_ID);
    world->said = g_ptr_array_new_with_free_func(world_free_effect);
    world->logs = g_ptr_array_new_with_free_func(g_free);
    world->held = g_queue_new();
    world->skills = g_string_new(NULL);
    world->has_shell = true;
    world->max_parallel = 4;
    world->queue = 100;
    world->keys[0] = WORLD_KEY;
    world->now_ms = WORLD_NOW;
    world->boot_ms = WORLD_BOOT;
    return world;
}

/* Started and connected, with nothing said yet. */
static inline World *world_new(void)
{
    World *world = world_new_unstarted();

    world_start(world);
    world_link_up(world);
    g_ptr_array_set_size(world->said, 0);
    return world;
}

static inline void world_free(World *world)
{
    worker_free(world->worker);
    zones_free(world->zones);
    run_disk_clear(&world->disk);
    g_ptr_array_unref(world->said);
    g_ptr_array_unref(world->logs);
    g_queue_free_full(world->held, world_free_effect);
    g_string_free(world->skills, TRUE);
    g_free(world);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)

/* ---- what agent1 says ---- */

static inline char *world_id(World *world)
{
    return g_strdup_printf("01M7YZZZZZ%016u", ++world->messages);
}

static inline Message *world_message(World *world, MessageKind kind)
{
    g_autofree char *id = world_id(world);

    return message_new(kind, id, "agent1", world->now_ms);
}

/* Hands a message over, by the first key; takes it. */
static inline void world_hear(World *world, TopicKind topic, Message *message)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_MESSAGE);

    event->message.topic = topic;
    event->message.topic_name = g_strdup(WORLD_NAME);
    event->message.sender = g_strdup(world->keys[0]);
    event->message.is_sealed = true;
    event->message.message = message;
    world_feed(world, event);
}

/* A good task; the test changes what it is about before it sends it (several times) with
 * world_send(). */
static inline Message *world_new_task(World *world, const char *text)
{
    Message *message = world_message(world, MESSAGE_TASK);
    MessageTask *task = &message->task;

    message->journal = g_strdup(worker_journal_id(world->worker));
    task->run = world_id(world);
    task->number = world->messages;
    task->attempt = 1;
    task->epoch = WORLD_EPOCH;
    task->agent = g_strdup(WORLD_NAME);
    task->task = g_strdup(text);
    task->expires_ms = world->now_ms + 15 * MINUTE_MS;
    task->timeout_s = 600;
    task->requested_by = g_strdup("sylvain");
    return message;
}

static inline void world_send(World *world, const Message *message)
{
    world_hear(world, message->kind == MESSAGE_TASK ? TOPIC_KIND_INBOX : TOPIC_KIND_CONTROL,
               message_copy(message));
}

static inline Message *world_new_control(World *world, ControlAction action, const Message *task)
{
    Message *message = world_message(world, MESSAGE_CONTROL);
    MessageControl *control = &message->control;

    control->action = action;
    if (task) {
        control->run = g_strdup(task->task.run);
        control->attempt = task->task.attempt;
        control->expires_ms = task->task.expires_ms;
    } else {
        control->seq = ++world->control_seq;
    }
    return message;
}

/* Sends a control about a task, or one with the next number; its id. */
static inline char *world_control(World *world, ControlAction action, const Message *task)
{
    g_autoptr(Message) message = world_new_control(world, action, task);

    world_send(world, message);
    return g_strdup(message->id);
}

static inline void world_policy(World *world, const char *policy)
{
    g_autoptr(Message) message = world_new_control(world, CONTROL_POLICY, NULL);

    message->control.policy = json_parse(policy, strlen(policy), 100000, NULL);
    assert_non_null(message->control.policy);
    world_send(world, message);
}

/* agent1 has the result. */
static inline void world_done(World *world, const Message *task)
{
    Message *message = world_message(world, MESSAGE_ACK);

    message->ack.in_reply_to = g_strdup(message->id);
    message->ack.run = g_strdup(task->task.run);
    message->ack.attempt = task->task.attempt;
    message->ack.state = ACK_DONE;
    world_hear(world, TOPIC_KIND_CONTROL, message);
}

/* ---- what was said ---- */

static inline unsigned world_count(const World *world, MessageKind kind)
{
    unsigned count = 0;

    for (guint i = 0; i < world->said->len; i++) {
        const WorkerEffect *effect = g_ptr_array_index(world->said, i);

        count += effect->publish.message->kind == kind;
    }
    return count;
}

/* The last message of this kind; fails the test when there is none. */
static inline const Message *world_last(const World *world, MessageKind kind)
{
    for (guint i = world->said->len; i > 0; i--) {
        const WorkerEffect *effect = g_ptr_array_index(world->said, i - 1);

        if (effect->publish.message->kind == kind)
            return effect->publish.message;
    }
    fail_msg("nothing of kind %s was said", message_kind_name(kind));
    return NULL;
}

static inline void world_forget(World *world)
{
    g_ptr_array_set_size(world->said, 0);
    g_ptr_array_set_size(world->logs, 0);
}

static inline void world_expect_ack(const World *world, const char *in_reply_to, AckState state,
                                    Rule rule)
{
    const Message *message = world_last(world, MESSAGE_ACK);

    assert_string_equal(message->ack.in_reply_to, in_reply_to);
    if (message->ack.state != (int)state ||
        (state == ACK_REJECTED && strcmp(message->ack.rule, rule_name(rule)) != 0))
        fail_msg("expected state %d by rule \"%s\", heard %d by \"%s\": %s", state, rule_name(rule),
                 message->ack.state, message->ack.rule, message->ack.reason);
}

/* The last result about this attempt. */
static inline const MessageResult *world_result(const World *world, const Message *task)
{
    const MessageResult *found = NULL;

    for (guint i = 0; i < world->said->len; i++) {
        const Message *message =
            ((WorkerEffect *)g_ptr_array_index(world->said, i))->publish.message;

        if (message->kind == MESSAGE_RESULT && strcmp(message->result.run, task->task.run) == 0 &&
            message->result.attempt == task->task.attempt)
            found = &message->result;
    }
    if (!found)
        fail_msg("no result about %s was said", task->task.run);
    return found;
}

static inline void world_expect_result(const World *world, const Message *task, RunState state)
{
    assert_string_equal(world_result(world, task)->state, run_state_name(state));
}

/* ---- what shims do ---- */

static inline DiskFolder *world_folder_of(const World *world, const Message *task)
{
    DiskFolder *folder = world_folder(world, task->task.run, task->task.attempt);

    if (!folder)
        fail_msg("there is no folder of %s.%d", task->task.run, (int)task->task.attempt);
    return folder;
}

static inline unsigned world_launches(const World *world, const Message *task)
{
    const DiskFolder *folder = world_folder(world, task->task.run, task->task.attempt);

    return folder ? folder->launches : 0;
}

static inline void world_settled(World *world, const Message *task)
{
    world_folder_of(world, task)->facts->facts.is_locked = false;
    world_feed(world,
               worker_event_new_for_run(WORKER_EVENT_SETTLED, task->task.run, task->task.attempt));
}

/* The shim takes its lock and decides; true when it started the command. */
static inline bool world_shim_starts(World *world, const Message *task)
{
    DiskFolder *folder = world_folder_of(world, task);
    ShimFacts facts = {
        .has_claim = folder->facts->facts.claim != CLAIM_NONE,
        .has_exit = folder->facts->facts.exit != EXIT_NONE,
        .has_cancel = folder->facts->has_cancel,
        .now_ms = world->now_ms,
        .expires_ms = folder->expires_ms,
        .window_end_ms = folder->window_end_ms,
    };
    ShimVerdict verdict = shim_decide(&facts);
    RunClaim claim;

    if (verdict == SHIM_OBEY) {
        world_settled(world, task);
        return false;
    }
    run_claim_init(&claim, shim_verdict_claim(verdict), WORLD_BOOT_ID, world->now_ms, NULL, NULL);
    run_disk_set_claim(folder, &claim);
    folder->facts->facts.is_locked = verdict == SHIM_START;
    if (verdict != SHIM_START)
        world_settled(world, task);
    return verdict == SHIM_START;
}

static inline void world_set_exit(World *world, const Message *task, EndKind kind, int code)
{
    DiskFolder *folder = world_folder_of(world, task);
    RunExit *end = &folder->facts->end;

    end->kind = kind;
    end->exit_code = kind == END_EXITED ? code : -1;
    end->signal = kind == END_SIGNALLED ? code : 0;
    end->started_ms = folder->facts->claim.at_ms;
    end->finished_ms = world->now_ms;
    end->duration_ms = world->now_ms - end->started_ms;
    end->output_bytes = folder->output ? (int64_t)strlen(folder->output) : 0;
    end->kept_bytes = end->output_bytes;
    folder->facts->facts.exit = EXIT_READABLE;
    folder->facts->facts.is_locked = false;
}

static inline void world_shim_ends(World *world, const Message *task, EndKind kind, int code)
{
    world_set_exit(world, task, kind, code);
    world_settled(world, task);
}

#endif
