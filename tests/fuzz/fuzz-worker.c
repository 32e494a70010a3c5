/*
 * agent2's core as a whole: an input is a life, a sequence of tasks and controls with right and
 * wrong members from any key, shims that start, write, end and die, a disk that is full, a journal
 * that is slow, ticks after any time, clock steps, connections that come and go, crashes.
 *
 * After each event: no attempt was started twice, an outcome that was said stays as it is, a result
 * says succeeded only for an exit of 0, whatever is said encodes and decodes again and goes to a
 * topic of the protocol, and no deadline stays in the past. The asserts of the core are on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/name.h"
#include "common/wire/key.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/message_maker.h"
#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

#define EVENTS_MAX 120
#define RUNS_MAX   40

static const char pack[] =
    "{\"format\":1,\"pack\":\"p\",\"description\":\"d\",\"skills\":[{\"name\":\"deploy.run\","
    "\"description\":\"d\",\"risk\":\"guarded\",\"params\":[{\"name\":\"service\",\"type\":"
    "\"name\","
    "\"required\":true},{\"name\":\"fast\",\"type\":\"bool\",\"flag\":\"--fast\"}],"
    "\"argv\":[\"deploy\",[\"{fast}\"],\"--\",\"{service}\"],\"idempotent\":true}]}";

typedef struct Life {
    World *world;
    MessagePool *pool;
    GPtrArray *tasks;     /* Message *: those that were sent */
    GHashTable *started;  /* "<run>.<attempt>" of every start */
    GHashTable *outcomes; /* "<run>.<attempt>" → the state that a result said */
    GHashTable *births;   /* "<run>.<attempt>" → DiskFolder.birth of its folder, when last seen */
} Life;

static void free_message(void *message)
{
    message_free(message);
}

static char *attempt_name(const char *run, int64_t attempt)
{
    return g_strdup_printf("%s.%" G_GINT64_FORMAT, run, attempt);
}

/* ---- what must hold ---- */

static void check_result(Life *life, const MessageResult *result)
{
    g_autofree char *name = attempt_name(result->run, result->attempt);
    const char *before = g_hash_table_lookup(life->outcomes, name);

    if (before)
        g_assert_cmpstr(before, ==, result->state);
    else
        g_hash_table_insert(life->outcomes, g_strdup(name), g_strdup(result->state));
    if (g_str_equal(result->state, "succeeded")) {
        g_assert_cmpint(result->exit_code, ==, 0);
        g_assert(g_hash_table_contains(life->started, name));
    }
    if (g_str_equal(result->state, "rejected") || g_str_equal(result->state, "expired"))
        g_assert(!g_hash_table_contains(life->started, name));
}

static void check_said(Life *life)
{
    for (unsigned i = 0; i < life->world->said->len; i++) {
        const WorkerPublish *publish =
            &((const WorkerEffect *)life->world->said->pdata[i])->publish;
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) again = NULL;
        g_autofree char *body = message_encode(publish->message, &error);
        TopicKind kind = topic_parse(publish->topic, NULL);

        fuzz_trace("  said %s", body);
        g_assert_no_error(error);
        again = message_decode(body, strlen(body), &error);
        g_assert_no_error(error);
        g_assert(key_is_valid_text(publish->peer));
        g_assert(kind == TOPIC_KIND_AGENT1_INBOX || kind == TOPIC_KIND_REGISTER ||
                 kind == TOPIC_KIND_STATUS || kind == TOPIC_KIND_ERRORS ||
                 kind == TOPIC_KIND_DAILY_REPORT);
        message_pool_learn(life->pool, publish->message);
        if (publish->message->kind == MESSAGE_RESULT)
            check_result(life, &publish->message->result);
    }
    g_ptr_array_set_size(life->world->said, 0);
}

static gboolean is_gone(gpointer name, gpointer value, gpointer world)
{
    (void)value;
    return !g_hash_table_contains(((World *)world)->disk.folders, name);
}

/* Gone and made anew, with nothing said between the two. */
static gboolean is_another(gpointer name, gpointer value, gpointer data)
{
    const Life *life = data;
    const DiskFolder *folder = g_hash_table_lookup(life->world->disk.folders, name);
    unsigned birth = GPOINTER_TO_UINT(g_hash_table_lookup(life->births, name));

    (void)value;
    return folder && birth > 0 && folder->birth != birth;
}

static void note_births(Life *life)
{
    GHashTableIter folders;
    gpointer name;
    gpointer folder;

    g_hash_table_iter_init(&folders, life->world->disk.folders);
    while (g_hash_table_iter_next(&folders, &name, &folder))
        g_hash_table_insert(life->births, g_strdup(name),
                            GUINT_TO_POINTER(((const DiskFolder *)folder)->birth));
}

/* A folder goes when its task expired a week ago; what comes then knows nothing of it. */
static void forget_replaced(Life *life)
{
    g_hash_table_foreach_remove(life->started, is_another, life);
    g_hash_table_foreach_remove(life->outcomes, is_another, life);
}

static void forget_removed(Life *life)
{
    g_hash_table_foreach_remove(life->started, is_gone, life->world);
    g_hash_table_foreach_remove(life->outcomes, is_gone, life->world);
    note_births(life);
}

/* ---- agent1 ---- */

static const char *some_key(FuzzInput *input)
{
    static const char *const keys[] = { WORLD_KEY, WORLD_KEY, WORLD_KEY, WORLD_KEY_2 };

    return keys[fuzz_below(input, G_N_ELEMENTS(keys))];
}

static void trace_heard(const Message *message)
{
    g_autofree char *body = message_encode(message, NULL);

    fuzz_trace("heard %s", body);
}

static void hear(Life *life, FuzzInput *input, TopicKind topic, Message *message)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_MESSAGE);

    event->message.topic = topic;
    event->message.topic_name = g_strdup(fuzz_one_in(input, 24) ? "web2" : WORLD_NAME);
    event->message.sender = g_strdup(some_key(input));
    event->message.is_sealed = !fuzz_one_in(input, 24);
    event->message.message = message;
    trace_heard(message);
    world_feed(life->world, event);
}

static void any_message(Life *life, FuzzInput *input)
{
    MessageKind kind = fuzz_one_in(input, 3)   ? MESSAGE_TASK
                       : fuzz_one_in(input, 2) ? MESSAGE_CONTROL
                                               : (MessageKind)fuzz_below(input, MESSAGE_KIND_COUNT);
    g_autofree char *body = message_make_body(input, kind, life->pool, life->world->now_ms);
    Message *message = message_decode(body, strlen(body), NULL);
    TopicKind topic = kind == MESSAGE_TASK ? TOPIC_KIND_INBOX : TOPIC_KIND_CONTROL;

    if (!message)
        return;
    if (kind == MESSAGE_TASK && life->tasks->len < RUNS_MAX)
        g_ptr_array_add(life->tasks, message_copy(message));
    if (fuzz_one_in(input, 24))
        topic = TOPIC_KIND_INBOX + fuzz_below(input, 3);
    hear(life, input, topic, message);
}

static void task(Life *life, FuzzInput *input)
{
    static const char *const texts[] = { "true", "deploy.run(shop)", "deploy.run shop fast=yes",
                                         "no.skill(1)" };
    g_autofree char *text = fuzz_pick(input, texts, G_N_ELEMENTS(texts), true);
    Message *message;

    if (life->tasks->len >= RUNS_MAX)
        return;
    message = world_new_task(life->world, text);
    message->task.is_idempotent = fuzz_one_in(input, 2);
    if (fuzz_one_in(input, 4))
        message->task.window_end_ms = life->world->now_ms + MINUTE_MS;
    if (fuzz_one_in(input, 4))
        message->task.not_before_ms = life->world->now_ms + MINUTE_MS;
    if (fuzz_one_in(input, 4))
        message->task.expires_ms = life->world->now_ms + (int64_t)fuzz_byte(input) * 1000 - 1000;
    if (fuzz_one_in(input, 8))
        message->task.epoch += 1 + fuzz_below(input, 3);
    message_pool_learn(life->pool, message);
    g_ptr_array_add(life->tasks, message);
    trace_heard(message);
    world_send(life->world, message);
}

static Message *some_task(const Life *life, FuzzInput *input)
{
    return life->tasks->len ? life->tasks->pdata[fuzz_below(input, life->tasks->len)] : NULL;
}

/* The same again, a later attempt of it, or its number with other words. */
static void repeat(Life *life, FuzzInput *input)
{
    const Message *former = some_task(life, input);
    g_autoptr(Message) message = former ? message_copy(former) : NULL;

    if (!message || !message->task.run)
        return;
    if (fuzz_one_in(input, 3))
        message->task.attempt += 1 + fuzz_below(input, 2);
    if (fuzz_one_in(input, 4))
        message->task.expires_ms = life->world->now_ms + 10 * MINUTE_MS;
    if (life->tasks->len < RUNS_MAX)
        g_ptr_array_add(life->tasks, message_copy(message));
    trace_heard(message);
    world_send(life->world, message);
}

static void control(Life *life, FuzzInput *input)
{
    static const ControlAction actions[] = { CONTROL_CANCEL, CONTROL_QUERY,  CONTROL_FETCH,
                                             CONTROL_PAUSE,  CONTROL_RESUME, CONTROL_REPORT };
    ControlAction action = actions[fuzz_below(input, G_N_ELEMENTS(actions))];
    const Message *about = fuzz_one_in(input, 5) ? NULL : some_task(life, input);
    g_autoptr(Message) message = NULL;

    if (action == CONTROL_PAUSE || action == CONTROL_RESUME || action == CONTROL_REPORT)
        about = NULL;
    message = world_new_control(life->world, action, about);
    message->control.offset = fuzz_number(input) & STATUS_SEQ_WILL;
    if (fuzz_one_in(input, 6))
        message->control.attempt += 1;
    message_pool_learn(life->pool, message);
    trace_heard(message);
    world_send(life->world, message);
}

static void done(Life *life, FuzzInput *input)
{
    const Message *about = some_task(life, input);

    if (about && about->task.run) {
        fuzz_trace("done %s.%d", about->task.run, (int)about->task.attempt);
        world_done(life->world, about);
    }
}

/* ---- shims ---- */

static DiskFolder *folder_of(const Life *life, const Message *about)
{
    return about && about->task.run
               ? world_folder(life->world, about->task.run, about->task.attempt)
               : NULL;
}

static void start(Life *life, const Message *about, DiskFolder *folder)
{
    g_autofree char *name = attempt_name(about->task.run, about->task.attempt);

    /* One shim for each launch; a second one of the same folder does not get the lock. */
    if (folder->launches == 0 || folder->facts->facts.is_locked || !folder->facts->facts.has_task)
        return;
    if (!world_shim_starts(life->world, about))
        return;
    g_assert(!g_hash_table_contains(life->started, name));
    g_hash_table_add(life->started, g_strdup(name));
}

static void write_output(Life *life, FuzzInput *input, const Message *about, DiskFolder *folder)
{
    WorkerEvent *event;

    g_free(folder->output);
    folder->output = fuzz_text(input);
    event = worker_event_new_for_run(WORKER_EVENT_GREW, about->task.run, about->task.attempt);
    event->bytes = (int64_t)strlen(folder->output);
    world_feed(life->world, event);
}

/* The clock may have been set back meanwhile; durations are of another clock. */
static void set_exit(World *world, const Message *about, DiskFolder *folder, EndKind kind, int code)
{
    world_set_exit(world, about, kind, code);
    folder->facts->end.duration_ms = MAX(folder->facts->end.duration_ms, 0);
}

static void end(Life *life, FuzzInput *input, const Message *about, DiskFolder *folder)
{
    EndKind kind = fuzz_below(input, END_KIND_COUNT);
    int code = (int)fuzz_below(input, kind == END_EXITED ? 3 : 30);

    if (!folder->facts->facts.is_locked)
        return;
    set_exit(life->world, about, folder, kind, kind == END_EXITED ? code : code + 1);
    world_settled(life->world, about);
}

/* Its shim is killed: the lock is free, and no exit was written. */
static void die(Life *life, FuzzInput *input, const Message *about, DiskFolder *folder)
{
    if (!folder->facts->facts.is_locked)
        return;
    folder->facts->has_survivors = fuzz_one_in(input, 3);
    world_settled(life->world, about);
}

static void shim(Life *life, FuzzInput *input)
{
    const Message *about = some_task(life, input);
    DiskFolder *folder = folder_of(life, about);
    unsigned what;

    if (!folder)
        return;
    what = fuzz_below(input, 8);
    fuzz_trace("shim %u of %s.%d", what, about->task.run, (int)about->task.attempt);
    switch (what) {
    case 0:
    case 1:
    case 2:
        start(life, about, folder);
        break;
    case 3:
        write_output(life, input, about, folder);
        break;
    case 4:
    case 5:
        end(life, input, about, folder);
        break;
    case 6:
        die(life, input, about, folder);
        break;
    default:
        /* An exit that nobody told of yet: a crash of the worker follows. */
        if (folder->facts->facts.is_locked)
            set_exit(life->world, about, folder, END_EXITED, 0);
        break;
    }
}

/* ---- the rest of the world ---- */

static void pass_time(Life *life, FuzzInput *input)
{
    static const int64_t steps[] = { 0, 1, 1000, 10000, MINUTE_MS };
    static const int64_t leaps[] = { 5 * MINUTE_MS, HOUR_MS, DAY_MS, 8 * DAY_MS };
    static const int64_t jumps[] = { -1000, -HOUR_MS, HOUR_MS, -DAY_MS, 30 * DAY_MS };
    World *world = life->world;
    int64_t leap_ms;

    switch (fuzz_below(input, 4)) {
    case 0: /* the host slept */
        leap_ms = leaps[fuzz_below(input, G_N_ELEMENTS(leaps))];
        world->now_ms += leap_ms;
        world->boot_ms += leap_ms;
        break;
    case 1: /* the clock was set */
        world->now_ms += jumps[fuzz_below(input, G_N_ELEMENTS(jumps))];
        world->now_ms = MAX(world->now_ms, WORLD_NOW / 2);
        break;
    default:
        world_pass(world, steps[fuzz_below(input, G_N_ELEMENTS(steps))]);
        break;
    }
    fuzz_trace("now %" G_GINT64_FORMAT " boot %" G_GINT64_FORMAT, world->now_ms, world->boot_ms);
    world_feed(world, worker_event_new(WORKER_EVENT_TICK));
}

static void other(Life *life, FuzzInput *input)
{
    World *world = life->world;
    unsigned what = fuzz_below(input, 8);
    WorkerEvent *event;

    fuzz_trace("other %u", what);
    switch (what) {
    case 0:
        world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
        break;
    case 1:
        if (worker_may_connect(world->worker))
            world_link_up(world);
        break;
    case 2:
        world->is_held = true;
        break;
    case 3:
        world_release(world);
        break;
    case 4:
        world->disk.is_full = fuzz_one_in(input, 2);
        break;
    case 5:
        world->cannot_launch = fuzz_one_in(input, 3);
        break;
    case 6:
        event = worker_event_new(WORKER_EVENT_SET_ASIDE);
        event->set_aside.what = fuzz_utf8(input);
        world_feed(world, event);
        break;
    default:
        g_queue_foreach(world->held, (GFunc)(void (*)(void))worker_effect_free, NULL);
        g_queue_clear(world->held);
        world->is_held = false;
        world_start(world);
        if (worker_may_connect(world->worker))
            world_link_up(world);
        break;
    }
}

static void policy(Life *life, FuzzInput *input)
{
    Message *message = world_message(life->world, MESSAGE_CONTROL);
    g_autofree char *body = NULL;

    message_free(message);
    body = message_make_body(input, MESSAGE_CONTROL, life->pool, life->world->now_ms);
    message = message_decode(body, strlen(body), NULL);
    if (!message)
        return;
    message->control.action = CONTROL_POLICY;
    message->control.seq = ++life->world->control_seq;
    world_hear(life->world, TOPIC_KIND_CONTROL, message);
}

static void live(Life *life, FuzzInput *input)
{
    static void (*const happenings[])(Life *, FuzzInput *) = {
        task, task, shim, shim, shim, any_message, repeat, control, done, pass_time, other, policy,
    };

    for (unsigned i = 0; i < EVENTS_MAX && fuzz_has_more(input); i++) {
        happenings[fuzz_below(input, G_N_ELEMENTS(happenings))](life, input);
        forget_replaced(life);
        check_said(life);
        forget_removed(life);
        g_ptr_array_set_size(life->world->logs, 0);
    }
}

static World *new_world(void)
{
    World *world = world_new_unstarted();

    g_string_assign(world->skills, pack);
    world->max_parallel = 3;
    world->queue = 8;
    world_start(world);
    world_link_up(world);

    return world;
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    g_autoptr(World) world = new_world();
    g_autoptr(MessagePool) pool = message_pool_new();
    g_autoptr(GPtrArray) tasks = g_ptr_array_new_with_free_func(free_message);
    g_autoptr(GHashTable) started = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) outcomes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) births = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Life life = { world, pool, tasks, started, outcomes, births };

    message_pool_add_ulid(pool, worker_journal_id(world->worker));
    message_pool_add_name(pool, "agent1");
    message_pool_add_name(pool, WORLD_NAME);
    message_pool_add_name(pool, "sylvain");
    live(&life, &input);
}
