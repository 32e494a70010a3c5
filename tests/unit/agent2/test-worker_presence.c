/* Registration, status, last will, keys. */
#include "agent2/flow/worker_presence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static World *world_connected(void)
{
    World *world = world_new_unstarted();

    world_start(world);
    world_link_up(world);
    return world;
}

/* agent1's word on the last registration. */
static void answer_register(World *world, AckState state, const char *rule)
{
    Message *message = world_message(world, MESSAGE_ACK);

    message->ack.in_reply_to = g_strdup(world_last(world, MESSAGE_REGISTER)->id);
    message->ack.state = state;
    message->ack.rule = g_strdup(rule);
    world_hear(world, TOPIC_KIND_CONTROL, message);
}

static void test_registers_until_it_is_answered(void **state)
{
    g_autoptr(World) world = world_connected();
    const Message *first = world_last(world, MESSAGE_REGISTER);
    const Message *status = world_last(world, MESSAGE_STATUS);
    unsigned count;

    (void)state;
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 1);
    assert_string_equal(first->registration.name, WORLD_NAME);
    assert_int_equal(first->registration.session, status->status.session);
    assert_true(first->registration.seq < status->status.seq);
    assert_string_equal(first->journal, worker_journal_id(world->worker));
    assert_int_equal(json_count(first->registration.unacked), 0);
    assert_int_equal(json_count(first->registration.skills), 1);

    world_pass(world, 10 * MINUTE_MS);
    count = world_count(world, MESSAGE_REGISTER);
    assert_in_range(count, 10, 100);
    assert_string_equal(world_last(world, MESSAGE_REGISTER)->id, first->id);
    assert_true(world_last(world, MESSAGE_REGISTER)->registration.seq > first->registration.seq);
    answer_register(world, ACK_DONE, NULL);
    world_pass(world, HOUR_MS);
    assert_int_equal(world_count(world, MESSAGE_REGISTER), count);
}

static void test_waits_for_acceptance(void **state)
{
    g_autoptr(World) world = world_connected();
    unsigned lines = 0;

    (void)state;
    answer_register(world, ACK_REJECTED, "not_accepted");
    world_forget(world);
    for (int i = 0; i < 10; i++) {
        world_pass(world, MINUTE_MS);
        if (world_count(world, MESSAGE_REGISTER) > 0)
            answer_register(world, ACK_REJECTED, "not_accepted");
    }
    assert_in_range(world_count(world, MESSAGE_REGISTER), 5, 20);
    for (guint i = 0; i < world->logs->len; i++)
        lines += strstr(g_ptr_array_index(world->logs, i), "not registered") != NULL;
    assert_int_equal(lines, 0); /* it was said once, before */
    answer_register(world, ACK_DONE, NULL);
    world_forget(world);
    world_pass(world, HOUR_MS);
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 0);
}

/* Accepted: agent1 does not have its registration any more, and says so. */
static void test_registers_at_once_when_it_is_accepted(void **state)
{
    g_autoptr(World) world = world_connected();

    (void)state;
    answer_register(world, ACK_REJECTED, "not_accepted");
    answer_register(world, ACK_REJECTED, "not_registered");
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 2);
    for (int i = 0; i < 100; i++)
        answer_register(world, ACK_REJECTED, "not_registered");
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 2); /* one is under way */
}

/* agent1 lost its database while this agent stayed connected. */
static void test_registers_again_when_it_is_not_known(void **state)
{
    g_autoptr(World) world = world_connected();

    (void)state;
    answer_register(world, ACK_DONE, NULL);
    answer_register(world, ACK_REJECTED, "not_registered");
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 2);
    for (int i = 0; i < 100; i++)
        answer_register(world, ACK_REJECTED, "not_registered");
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 2); /* one is under way */
}

static void test_a_stale_session_begins_a_journal(void **state)
{
    g_autoptr(World) world = world_connected();
    g_autofree char *old = g_strdup(worker_journal_id(world->worker));
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world->is_held = true;
    world_forget(world);
    world_link_up(world); /* a registration to answer */
    answer_register(world, ACK_REJECTED, "stale_session");
    world_forget(world);
    world_pass(world, MINUTE_MS);
    assert_int_equal(world_count(world, MESSAGE_REGISTER), 0); /* not before it is durable */
    world_release(world);
    assert_string_not_equal(worker_journal_id(world->worker), old);
    assert_string_equal(world_last(world, MESSAGE_REGISTER)->journal,
                        worker_journal_id(world->worker));
    world_send(world, task); /* it was meant for the old one */
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    g_free(g_steal_pointer(&old));
    old = g_strdup(worker_journal_id(world->worker));
    world_crash(world);
    assert_string_equal(worker_journal_id(world->worker), old);
}

/* "online since" is when it came, not when a pause ended. */
static void test_a_pause_does_not_change_since_when_it_is_online(void **state)
{
    g_autoptr(World) world = world_connected();
    int64_t came_ms = world_last(world, MESSAGE_STATUS)->status.since_ms;
    const Message *status;
    int64_t paused_ms;

    (void)state;
    world_pass(world, MINUTE_MS);
    paused_ms = world->now_ms;
    g_free(world_control(world, CONTROL_PAUSE, NULL));
    status = world_last(world, MESSAGE_STATUS);
    assert_int_equal(status->status.state, AGENT_PAUSED);
    assert_int_equal(status->status.since_ms, paused_ms);
    world_pass(world, MINUTE_MS);
    g_free(world_control(world, CONTROL_RESUME, NULL));
    status = world_last(world, MESSAGE_STATUS);
    assert_int_equal(status->status.state, AGENT_ONLINE);
    assert_int_equal(status->status.since_ms, came_ms);
    world_pass(world, MINUTE_MS);
    world_link_up(world); /* a new connection begins anew */
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.since_ms, world->now_ms);
}

static void test_registers_what_is_not_acknowledged(void **state)
{
    g_autoptr(World) world = world_connected();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) over = world_new_task(world, "true");
    const Json *unacked;

    (void)state;
    world_send(world, task);
    world_send(world, over);
    world_shim_starts(world, over);
    world_shim_ends(world, over, END_EXITED, 0);
    world_done(world, over);
    world_crash(world);
    unacked = world_last(world, MESSAGE_REGISTER)->registration.unacked;
    assert_int_equal(json_count(unacked), 1);
    assert_string_equal(json_string(json_member(json_first(unacked), "run")), task->task.run);
}

/* ---- sessions and wills ---- */

static void test_sessions_rise_whatever_happens(void **state)
{
    g_autoptr(World) world = world_connected();
    int64_t last = world_last(world, MESSAGE_REGISTER)->registration.session;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        uint8_t seed[IDS_SEED_BYTES] = { (uint8_t)i };
        const char *peer = NULL;
        g_autoptr(Message) will = NULL;

        if (i % 700 == 699)
            world_crash(world);
        will = worker_next_will(world->worker, world->now_ms, seed, &peer);
        assert_non_null(will);
        assert_true(will->status.session > last);
        assert_int_equal(will->status.seq, STATUS_SEQ_WILL);
        assert_int_equal(will->status.state, AGENT_OFFLINE);
        assert_string_equal(peer, WORLD_KEY);
        last = will->status.session;
        world_feed(world, worker_event_new(WORKER_EVENT_TICK));
    }
}

/* A restart while the disk is full: it is heard, and its session is a later one. */
static void test_sessions_rise_with_a_full_disk(void **state)
{
    g_autoptr(World) world = world_connected();
    int64_t last = world_last(world, MESSAGE_REGISTER)->registration.session;

    (void)state;
    world->disk.is_full = true;
    for (int i = 0; i < 3; i++) {
        world_pass(world, 2000);
        world_crash(world);
        assert_true(world_last(world, MESSAGE_REGISTER)->registration.session > last);
        last = world_last(world, MESSAGE_REGISTER)->registration.session;
    }
    world->disk.is_full = false;
    world_pass(world, 2000);
    world_crash(world);
    assert_true(world_last(world, MESSAGE_REGISTER)->registration.session > last);
}

static void test_nothing_before_the_journal_has_a_durable_name(void **state)
{
    g_autoptr(World) world = world_new_unstarted();

    (void)state;
    world->is_held = true;
    world_start(world);
    assert_false(worker_may_connect(world->worker));
    world_release(world);
    assert_true(worker_may_connect(world->worker));
}

/* ---- status ---- */

static void test_status_is_seldom(void **state)
{
    g_autoptr(World) world = world_connected();

    (void)state;
    answer_register(world, ACK_DONE, NULL);
    world_forget(world);
    world_pass(world, HOUR_MS);
    assert_int_equal(world->said->len, 12); /* the heartbeat, and nothing else */
}

static void test_the_worker_sleeps_without_a_link(void **state)
{
    g_autoptr(World) world = world_connected();

    (void)state;
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
    assert_true(worker_next_deadline(world->worker, world->now_ms, world->boot_ms) >=
                world->now_ms + HOUR_MS / 2);
}

static void test_status_follows_the_work(void **state)
{
    g_autoptr(World) world = world_connected();
    g_autoptr(Message) task = world_new_task(world, "true");
    const MessageStatus *status;

    (void)state;
    world_send(world, task);
    world_pass(world, 10000);
    status = &world_last(world, MESSAGE_STATUS)->status;
    assert_int_equal(status->running, 1);
    assert_int_equal(status->queued, 0);
    world_shim_starts(world, task);
    world_shim_ends(world, task, END_EXITED, 0);
    world_pass(world, 10000);
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.running, 0);
}

static void test_a_clock_that_is_off_is_told(void **state)
{
    g_autoptr(World) world = world_connected();
    int64_t seq = world_last(world, MESSAGE_STATUS)->status.seq;

    (void)state;
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.clock_offset_ms, MESSAGE_ABSENT);
    for (int i = 0; i < 3; i++) {
        g_autoptr(Message) resume = world_new_control(world, CONTROL_RESUME, NULL);

        resume->ts_ms = world->now_ms - 5 * MINUTE_MS;
        world_send(world, resume);
    }
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.clock_offset_ms, -5 * MINUTE_MS);
    assert_true(world_last(world, MESSAGE_STATUS)->status.seq > seq);
    world->now_ms -= 5 * MINUTE_MS; /* the clock is set right: what was measured is void */
    world_pass(world, 1000);
    assert_int_equal(world_last(world, MESSAGE_STATUS)->status.clock_offset_ms, MESSAGE_ABSENT);
}

static void test_the_probe_is_tried_once(void **state)
{
    g_autoptr(World) world = world_connected();

    (void)state;
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
    world_link_up(world);
    assert_int_equal(world->probes, 1);
}

/* ---- keys ---- */

static const char *peer_of_last(const World *world, MessageKind kind)
{
    const char *peer = NULL;

    for (guint i = 0; i < world->said->len; i++) {
        const WorkerEffect *effect = g_ptr_array_index(world->said, i);

        if (effect->publish.message->kind == kind)
            peer = effect->publish.peer;
    }
    return peer;
}

static void test_follows_the_key_that_speaks(void **state)
{
    g_autoptr(World) world = world_new_unstarted();
    uint8_t seed[IDS_SEED_BYTES] = { 0 };
    const char *peer = NULL;

    (void)state;
    world->keys[1] = WORLD_KEY_2;
    world_start(world);
    world_link_up(world);
    assert_string_equal(peer_of_last(world, MESSAGE_REGISTER), WORLD_KEY);
    world_pass(world, 5000); /* no answer: the other key's turn */
    assert_string_equal(peer_of_last(world, MESSAGE_STATUS), WORLD_KEY);
    world->keys[0] = WORLD_KEY_2;
    answer_register(world, ACK_DONE, NULL);
    assert_string_equal(peer_of_last(world, MESSAGE_STATUS), WORLD_KEY_2);
    message_free(worker_next_will(world->worker, world->now_ms, seed, &peer));
    assert_string_equal(peer, WORLD_KEY_2);

    world->keys[0] = WORLD_KEY; /* as the file says */
    world_crash(world);
    assert_string_equal(peer_of_last(world, MESSAGE_REGISTER), WORLD_KEY_2);
    world->keys[1] = NULL; /* the file knows the old one alone again */
    world_crash(world);
    assert_string_equal(peer_of_last(world, MESSAGE_REGISTER), WORLD_KEY);
}

static void test_a_reload_registers_again(void **state)
{
    g_autoptr(World) world = world_connected();
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    (void)state;
    answer_register(world, ACK_DONE, NULL);
    world_forget(world);
    world->has_shell = false;
    worker_configure(world->worker, world_settings(world), effects);
    world_execute(world, effects);
    assert_int_equal(json_count(world_last(world, MESSAGE_REGISTER)->registration.skills), 0);
}

static void test_says_offline_at_the_end(void **state)
{
    g_autoptr(World) world = world_connected();
    const WorkerEffect *last;

    (void)state;
    world_forget(world);
    world_feed(world, worker_event_new(WORKER_EVENT_STOP));
    assert_int_equal(world->said->len, 1);
    last = g_ptr_array_index(world->said, 0);
    assert_true(last->publish.is_retained);
    assert_false(last->publish.is_sealed);
    assert_string_equal(last->publish.topic, "agents/status/web1");
    assert_int_equal(last->publish.message->status.state, AGENT_OFFLINE);
    assert_true(last->publish.message->status.seq < STATUS_SEQ_WILL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers_until_it_is_answered),
        cmocka_unit_test(test_waits_for_acceptance),
        cmocka_unit_test(test_registers_at_once_when_it_is_accepted),
        cmocka_unit_test(test_registers_again_when_it_is_not_known),
        cmocka_unit_test(test_a_stale_session_begins_a_journal),
        cmocka_unit_test(test_a_pause_does_not_change_since_when_it_is_online),
        cmocka_unit_test(test_registers_what_is_not_acknowledged),
        cmocka_unit_test(test_sessions_rise_whatever_happens),
        cmocka_unit_test(test_sessions_rise_with_a_full_disk),
        cmocka_unit_test(test_nothing_before_the_journal_has_a_durable_name),
        cmocka_unit_test(test_status_is_seldom),
        cmocka_unit_test(test_the_worker_sleeps_without_a_link),
        cmocka_unit_test(test_status_follows_the_work),
        cmocka_unit_test(test_a_clock_that_is_off_is_told),
        cmocka_unit_test(test_the_probe_is_tried_once),
        cmocka_unit_test(test_follows_the_key_that_speaks),
        cmocka_unit_test(test_a_reload_registers_again),
        cmocka_unit_test(test_says_offline_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
