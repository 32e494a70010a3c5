/* The core as a whole: who is heard, counters, tombstones, and long random lives. */
#include "agent2/flow/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static void test_strangers_are_not_heard(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->keys[0] = WORLD_KEY_2; /* who speaks; the settings know another */
    world_send(world, task);
    world->keys[0] = WORLD_KEY;
    world_hear(world, TOPIC_KIND_CONTROL, message_copy(task));
    assert_int_equal(world->said->len, 0);
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
    assert_int_equal(world->logs->len, 2);
}

static void test_a_message_set_aside_is_told(void **state)
{
    g_autoptr(World) world = world_new();
    WorkerEvent *event = worker_event_new(WORKER_EVENT_SET_ASIDE);

    (void)state;
    event->set_aside.what = g_strdup("one of 77 bytes");
    world_feed(world, event);
    assert_non_null(strstr(world_last(world, MESSAGE_ERROR)->error.text, "one of 77 bytes"));
}

static void test_damaged_counters_are_an_error(void **state)
{
    g_autoptr(World) world = world_new_unstarted();
    g_autoptr(GError) error = NULL;
    g_autoptr(WorkerSettings) settings = world_settings(world);
    uint8_t seed[IDS_SEED_BYTES] = { 0 };

    (void)state;
    assert_null(worker_new(settings, world->zones, "{}", world->now_ms, seed, &error));
    assert_non_null(error);
}

/* Tombstones stay for a week after the last moment at which their task could come. */
static void test_tombstones_go_in_the_end(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) done = world_new_task(world, "true");
    g_autoptr(Message) unacknowledged = world_new_task(world, "true");
    g_autoptr(Message) refused = world_new_task(world, "true");

    (void)state;
    refused->task.expires_ms = world->now_ms;
    world_send(world, done);
    world_send(world, unacknowledged);
    world_send(world, refused);
    world_shim_starts(world, done);
    world_shim_ends(world, done, END_EXITED, 0);
    world_shim_starts(world, unacknowledged);
    world_shim_ends(world, unacknowledged, END_EXITED, 0);
    world_done(world, done);
    world_pass(world, 7 * DAY_MS);
    assert_int_equal(g_hash_table_size(world->disk.folders), 3);
    world_pass(world, 2 * HOUR_MS);
    assert_int_equal(g_hash_table_size(world->disk.folders), 1);
    assert_non_null(world_folder(world, unacknowledged->task.run, 1));
    world_done(world, unacknowledged);
    world_pass(world, 2 * HOUR_MS);
    assert_int_equal(g_hash_table_size(world->disk.folders), 0);
}

static void test_the_same_events_give_the_same_effects(void **state)
{
    g_autofree char *texts[2] = { NULL, NULL };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");
        g_autoptr(GString) text = g_string_new(NULL);

        world_send(world, task);
        world_shim_starts(world, task);
        world_pass(world, 5000);
        world_shim_ends(world, task, END_EXITED, 0);
        world_pass(world, MINUTE_MS);
        for (guint said = 0; said < world->said->len; said++) {
            const WorkerEffect *effect = g_ptr_array_index(world->said, said);
            g_autofree char *body = message_encode(effect->publish.message, NULL);

            g_string_append_printf(text, "%s %s\n", effect->publish.topic, body);
        }
        texts[i] = g_string_free(g_steal_pointer(&text), FALSE);
    }
    assert_string_equal(texts[0], texts[1]);
    g_clear_pointer(&texts[1], g_free);
}

/* ---- random lives ------------------------------------------------------------------------------
 */

enum { TASKS = 12, STEPS = 400, LIVES = 60 };

/* What the outside world saw of one attempt. */
typedef struct Attempt {
    unsigned life; /* the seed, for messages */
    Message *task;
    unsigned starts; /* of the command */
    bool is_ended;   /* the shim wrote its exit */
    bool is_lost;    /* the shim was killed */
    char *outcome;   /* as said first */
} Attempt;

typedef struct Life {
    World *world;
    GRand *random;
    Attempt attempts[TASKS];
} Life;

/* What is said of an attempt must be true, and never change. */
static void check_result(const Attempt *attempt, const MessageResult *result)
{
    bool is_started = attempt->starts > 0;
    bool says_not_started =
        strcmp(result->state, "cancelled") != 0 &&
        (strcmp(result->state, "expired") == 0 || strcmp(result->state, "rejected") == 0 ||
         strcmp(result->state, "deferred") == 0);

    if (says_not_started && is_started)
        fail_msg("life %u: %s is said of an attempt that was started", attempt->life,
                 result->state);
    if (strcmp(result->state, "succeeded") == 0 && !attempt->is_ended)
        fail_msg("life %u: success is said of what has not ended", attempt->life);
    if (strcmp(result->state, "unknown") == 0 && !attempt->is_lost)
        fail_msg("life %u: unknown is said, but no shim was lost: %s", attempt->life,
                 result->reason);
    if (attempt->outcome && strcmp(attempt->outcome, result->state) != 0)
        fail_msg("life %u: %s is said after %s", attempt->life, result->state, attempt->outcome);
}

static void read_what_was_said(Life *life)
{
    for (guint i = 0; i < life->world->said->len; i++) {
        const WorkerEffect *effect = g_ptr_array_index(life->world->said, i);
        const Message *message = effect->publish.message;

        for (size_t at = 0; at < TASKS && message->kind == MESSAGE_RESULT; at++) {
            Attempt *attempt = &life->attempts[at];

            if (strcmp(attempt->task->task.run, message->result.run) != 0)
                continue;
            check_result(attempt, &message->result);
            g_free(attempt->outcome);
            attempt->outcome = g_strdup(message->result.state);
        }
    }
    world_forget(life->world);
}

static void shim_acts(Life *life, Attempt *attempt)
{
    DiskFolder *folder = world_folder(life->world, attempt->task->task.run, 1);

    if (!folder || (folder->launches == 0 && !folder->facts->facts.is_locked))
        return;
    if (folder->facts->facts.is_locked) {
        if (g_rand_int_range(life->random, 0, 12) == 0) {
            attempt->is_lost = true;
            world_settled(life->world, attempt->task);
            return;
        }
        attempt->is_ended = true;
        world_shim_ends(life->world, attempt->task,
                        folder->facts->has_cancel ? END_CANCELLED : END_EXITED,
                        g_rand_int_range(life->random, 0, 2));
    } else if (folder->facts->facts.claim == CLAIM_NONE) {
        folder->launches--;
        if (g_rand_int_range(life->random, 0, 8) == 0)
            world_settled(life->world, attempt->task); /* it never came up */
        else
            attempt->starts += world_shim_starts(life->world, attempt->task);
        if (attempt->starts > 1)
            fail_msg("life %u: started twice", attempt->life);
    }
}

static void act(Life *life)
{
    World *world = life->world;
    Attempt *attempt = &life->attempts[g_rand_int_range(life->random, 0, TASKS)];
    int choice = g_rand_int_range(life->random, 0, 100);

    if (choice < 30)
        world_send(world, attempt->task);
    else if (choice < 55)
        shim_acts(life, attempt);
    else if (choice < 60)
        g_free(world_control(world, CONTROL_CANCEL, attempt->task));
    else if (choice < 65)
        g_free(world_control(world, CONTROL_QUERY, attempt->task));
    else if (choice < 70)
        g_free(world_control(world, g_rand_boolean(life->random) ? CONTROL_PAUSE : CONTROL_RESUME,
                             NULL));
    else if (choice < 75)
        world->is_held = true;
    else if (choice < 82)
        world_release(world);
    else if (choice < 85 && attempt->outcome)
        world_done(world, attempt->task);
    else if (choice < 88)
        world->disk.is_full = g_rand_int_range(life->random, 0, 3) == 0;
    else if (choice < 93)
        world_crash(world);
    else
        world_pass(world, g_rand_int_range(life->random, 1, 60000));
}

/* In the end the disk has room, everything wakes, and each attempt that was ever kept has its
 * outcome. */
static void finish(Life *life)
{
    World *world = life->world;

    world->disk.is_full = false;
    world_release(world);
    world_crash(world);
    g_free(world_control(world, CONTROL_RESUME, NULL));
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < TASKS; i++)
            shim_acts(life, &life->attempts[i]);
        world_pass(world, MINUTE_MS);
        read_what_was_said(life);
    }
    for (size_t i = 0; i < TASKS; i++) {
        const Attempt *attempt = &life->attempts[i];

        if (attempt->starts > 0 && !attempt->outcome)
            fail_msg("life %u: an attempt was started and has no outcome", attempt->life);
    }
}

static void live(unsigned seed)
{
    Life life = { .world = world_new(), .random = g_rand_new_with_seed(seed) };

    for (size_t i = 0; i < TASKS; i++) {
        life.attempts[i].life = seed;
        life.attempts[i].task = world_new_task(life.world, "true");
    }
    for (int step = 0; step < STEPS; step++) {
        act(&life);
        read_what_was_said(&life);
    }
    finish(&life);
    for (size_t i = 0; i < TASKS; i++) {
        message_free(life.attempts[i].task);
        g_free(life.attempts[i].outcome);
    }
    g_rand_free(life.random);
    world_free(life.world);
}

static void test_random_lives(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= LIVES; seed++)
        live(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strangers_are_not_heard),
        cmocka_unit_test(test_a_message_set_aside_is_told),
        cmocka_unit_test(test_damaged_counters_are_an_error),
        cmocka_unit_test(test_tombstones_go_in_the_end),
        cmocka_unit_test(test_the_same_events_give_the_same_effects),
        cmocka_unit_test(test_random_lives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
