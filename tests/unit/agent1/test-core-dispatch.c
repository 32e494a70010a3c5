/* What goes to agents: when, to whom, how often, and with what in it. */
#include "core-world.h"

#include "common/base/banned.h"

static unsigned count_outbox(const World *world, const char *kind)
{
    unsigned count = 0;
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_OUTBOX]);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        count += strcmp(row_text(row, OUTBOX_KIND), kind) == 0;
    return count;
}

static void acknowledge(World *world, const char *id)
{
    Message *message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->ack.in_reply_to = g_strdup(id);
    message->ack.state = ACK_DONE;
    world_report(world, JOURNAL_1, message);
}

/* ---- controls ---- */

/* The agent ignores what has a lower number than what it followed, and never answers it. */
static void what_a_control_overtook_is_not_repeated(void **state)
{
    World *world = *state;
    const Message *policy;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agentOFF web1");
    assert_int_equal(count_outbox(world, "pause"), 1);
    assert_int_equal(count_outbox(world, "policy"), 1);
    policy = world_last_control(world, CONTROL_POLICY);
    assert_true(policy->control.seq > world_last_control(world, CONTROL_PAUSE)->control.seq);
    assert_true(json_bool(json_member(policy->control.policy, "paused")));

    acknowledge(world, policy->id);
    assert_int_equal(count_outbox(world, "policy"), 0);
    assert_int_equal(count_outbox(world, "pause"), 0);
}

static void what_comes_after_it_still_waits(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agentOFF web1");
    acknowledge(world, world_last_control(world, CONTROL_PAUSE)->id);
    assert_int_equal(count_outbox(world, "pause"), 0);
    assert_int_equal(count_outbox(world, "policy"), 1);
}

/* A task has no number of its own, and is answered by itself. */
static void a_control_overtakes_no_task(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "oskar", NULL, "!agentOFF web1");
    acknowledge(world, world_last_control(world, CONTROL_POLICY)->id);
    assert_int_equal(count_outbox(world, "pause"), 0);
    assert_int_equal(count_outbox(world, "task"), 1);
}

static void a_control_replaces_one_of_its_purpose(void **state)
{
    static const struct {
        const char *what;
        const char *first;
        const char *second;
        unsigned pauses;
        unsigned resumes;
        unsigned policies;
    } rows[] = {
        { "a resume ends a pause", "!agentOFF web1", "!agentON web1", 0, 1, 1 },
        { "a pause ends a resume", "!agentON web1", "!agentOFF web1", 1, 0, 1 },
        { "a pause replaces a pause", "!agentOFF web1", "!agentOFF web1", 1, 0, 1 },
        { "for all as for one", "!agentOFF web1", "!agentsON", 0, 1, 1 },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        GHashTableIter iter;
        void *row;

        print_message("%s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, rows[i].first);
        world_write(world, "oskar", NULL, rows[i].second);
        world_configure(world);
        world_step(world, event_new(EVENT_CONFIGURED));
        g_hash_table_iter_init(&iter, world->store.tables[TABLE_OUTBOX]);
        while (g_hash_table_iter_next(&iter, NULL, &row)) {
            if (strcmp(row_text(row, OUTBOX_AGENT), "web1") != 0)
                g_hash_table_iter_remove(&iter);
        }
        assert_int_equal(count_outbox(world, "pause"), rows[i].pauses);
        assert_int_equal(count_outbox(world, "resume"), rows[i].resumes);
        assert_int_equal(count_outbox(world, "policy"), rows[i].policies);
        world_free(world);
    }
}

static void the_seq_of_controls_rises_over_restarts(void **state)
{
    World *world = *state;
    int64_t last = 0;
    unsigned i;

    for (i = 0; i < 6; i++) {
        world_register(world, JOURNAL_1, 1 + i);
        assert_true(world_last_control(world, CONTROL_POLICY)->control.seq > last);
        last = world_last_control(world, CONTROL_POLICY)->control.seq;
        world_write(world, "oskar", NULL, i % 2 ? "!agentON web1" : "!agentOFF web1");
        /* The policy was not acknowledged yet, and comes after it once more. */
        assert_int_equal(
            world_last_control(world, i % 2 ? CONTROL_RESUME : CONTROL_PAUSE)->control.seq,
            last + 1);
        last += 2;
        assert_int_equal(world_last_control(world, CONTROL_POLICY)->control.seq, last);
        if (i == 3)
            world_restart(world);
    }
}

/* The agent keeps its count, agent1 forgets the agent, and its clock goes back. */
static void the_seq_of_controls_rises_over_a_revoke(void **state)
{
    World *world = *state;
    Key key;
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    int64_t last;

    memset(key.bytes, 1, sizeof key.bytes);
    fingerprint = key_fingerprint(&key);
    accept = g_strdup_printf("!accept web1 %.9s", fingerprint);
    world_register(world, JOURNAL_1, 1);
    last = world_last_policy_seq(world);
    world_write(world, "ana", NULL, "!revoke web1");
    world->now_ms -= HOUR_MS;
    world_register(world, JOURNAL_1, 2);
    world_write(world, "ana", NULL, accept);
    assert_true(world_last_policy_seq(world) > last);
}

/* The rows are an older copy: the agent has followed more since. */
static void what_waits_at_a_start_gets_a_new_number(void **state)
{
    World *world = *state;
    int64_t policy;
    int64_t pause;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agentOFF web1");
    policy = world_last_policy_seq(world);
    pause = world_last_control(world, CONTROL_PAUSE)->control.seq;
    world->now_ms += HOUR_MS;
    world_restart(world);
    world_forget(world);
    world_wait(world, MINUTE_MS);
    assert_true(world_last_control(world, CONTROL_PAUSE)->control.seq > policy);
    assert_true(world_last_control(world, CONTROL_PAUSE)->control.seq > pause);
    assert_true(world_last_policy_seq(world) >
                world_last_control(world, CONTROL_PAUSE)->control.seq);
    assert_int_equal(count_outbox(world, "policy"), 1);
    assert_int_equal(count_outbox(world, "pause"), 1);
}

static void controls_repeat_until_acknowledged(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;
    unsigned count;

    world_register(world, JOURNAL_1, 1);
    world_wait(world, MINUTE_MS);
    count = world_count_controls(world, CONTROL_POLICY);
    assert_in_range(count, 3, 40);
    id = g_strdup(world_last_control(world, CONTROL_POLICY)->id);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    {
        /* Another agent's word about it means nothing. */
        Message *message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web2", world->now_ms);

        message->ack.in_reply_to = g_strdup(id);
        message->ack.state = ACK_DONE;
        world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
    }
    assert_int_equal(count_outbox(world, "policy"), 2);
    acknowledge(world, id);
    acknowledge(world, id);
    acknowledge(world, NULL);
    assert_int_equal(count_outbox(world, "policy"), 1);
}

static void what_a_policy_says(void **state)
{
    static const char *const wanted =
        "{\"timezone\":\"UTC\",\"blackouts\":[{\"start\":\"02:00\",\"end\":\"05:00\","
        "\"label\":\"backup\",\"enabled\":true}],"
        "\"work_hours\":{\"start\":\"08:00\",\"end\":\"18:00\",\"enabled\":true},"
        "\"work_hours_timezone\":\"UTC\",\"paused\":true,\"epoch\":1790000001}";
    World *world = *state;
    g_autofree char *key = world_key(1);
    g_autofree char *registry = g_strdup_printf(
        "{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":true,\"work_hours\":"
        "{\"start\":\"08:00\",\"end\":\"18:00\",\"timezone\":\"UTC\"}}}}",
        key);
    g_autofree char *plain = NULL;
    g_autofree char *full = NULL;

    world_register(world, JOURNAL_1, 1);
    plain = json_print(world_last_control(world, CONTROL_POLICY)->control.policy);
    assert_string_equal(plain, "{\"timezone\":\"UTC\",\"blackouts\":[],\"work_hours\":null,"
                               "\"paused\":false,\"epoch\":1790000000}");
    json_free(world->registry);
    world->registry = world_json(registry);
    world->blackouts = world_json("[{\"start\":\"02:00\",\"end\":\"05:00\",\"label\":\"backup\"}]");
    world_restart(world); /* within the same second: the epoch rises nevertheless */
    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_forget(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    full = json_print(world_last_control(world, CONTROL_POLICY)->control.policy);
    assert_string_equal(full, wanted);
}

/* ---- tasks ---- */

static void nothing_is_handed_out_before_a_journal_is_known(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    world_status(world, JOURNAL_1, 1, 1, AGENT_ONLINE);
    world_wait(world, MINUTE_MS);
    assert_null(world_last_sent(world, MESSAGE_TASK));
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 0);
    world_register(world, JOURNAL_1, 1);
    assert_string_equal(world_last_sent(world, MESSAGE_TASK)->journal, JOURNAL_1);
    assert_string_equal(row_text(world_run(world, 1), RUNS_JOURNAL), JOURNAL_1);
}

static void nothing_leaves_while_the_broker_is_gone(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_link(world, LINK_MQTT, false);
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "queued (the broker is unreachable since 14:13");
    world_write(world, "oskar", NULL, "@web1 --now true");
    assert_contains(world_last_said(world), "web1: refused (offline)");
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->sent->len, 0);
    assert_int_equal(row_int(world_run(world, 1), RUNS_IS_HANDED), 0);
    world_write(world, "oskar", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: unreachable");
    world_link(world, LINK_MQTT, true);
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.number, 1);
}

static void a_register_hurries_what_waits(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_wait(world, 5 * MINUTE_MS); /* repeats are 30 s apart by now */
    world_forget(world);
    world_register(world, JOURNAL_1, 1); /* a repeat of the same register */
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 1);
    assert_int_equal(world_count_controls(world, CONTROL_POLICY), 1);
}

static void a_cancel_takes_the_tasks_place(void **state)
{
    World *world = *state;
    const Message *cancel;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_int_equal(count_outbox(world, "task"), 0);
    assert_int_equal(count_outbox(world, "cancel"), 1);
    cancel = world_last_control(world, CONTROL_CANCEL);
    assert_string_equal(cancel->control.run, world_run_id(world, 1));
    assert_int_equal(cancel->control.attempt, 1);
    assert_int_equal(cancel->control.expires_ms, row_int(world_run(world, 1), RUNS_EXPIRES));
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_string_equal(world_last_said(world), "#1 web1: cancelling already");
    assert_int_equal(count_outbox(world, "cancel"), 1);
    world_forget(world);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 0);
    assert_in_range(world_count_controls(world, CONTROL_CANCEL), 3, 40);
    world_result(world, world_run_id(world, 1), 1, "cancelled", MESSAGE_ABSENT, NULL);
    assert_int_equal(count_outbox(world, "cancel"), 0);
}

static void the_queue_of_an_agent_is_bounded(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < QUEUE_MAX_PER_AGENT; i++)
        world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (queue_full): 100 runs wait for it");
    world_write(world, "oskar", NULL, "@web2 true");
    assert_contains(world_last_said(world), "#101 web2: queued");
    world_write(world, "oskar", NULL, "!cancel 5");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "#102 web1: queued");
}

/* ---- queries ---- */

static void queries_repeat_a_few_times(void **state)
{
    World *world = *state;
    unsigned asked;

    world_register(world, JOURNAL_1, 1);
    world_wait(world, 10 * MINUTE_MS); /* later its silence is asked about */
    asked = world_count_controls(world, CONTROL_QUERY);
    assert_int_equal(asked, 6);
    world_link(world, LINK_MQTT, false);
    world_link(world, LINK_MQTT, true);
    world_wait(world, MINUTE_MS);
    assert_true(world_count_controls(world, CONTROL_QUERY) > asked);
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, NULL, 0, NULL);
    asked = world_count_controls(world, CONTROL_QUERY);
    world_wait(world, 10 * MINUTE_MS);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_a_control_overtook_is_not_repeated),
        WORLD_TEST(what_comes_after_it_still_waits),
        WORLD_TEST(a_control_overtakes_no_task),
        WORLD_TEST(a_control_replaces_one_of_its_purpose),
        WORLD_TEST(the_seq_of_controls_rises_over_restarts),
        WORLD_TEST(the_seq_of_controls_rises_over_a_revoke),
        WORLD_TEST(what_waits_at_a_start_gets_a_new_number),
        WORLD_TEST(controls_repeat_until_acknowledged),
        WORLD_TEST(what_a_policy_says),
        WORLD_TEST(nothing_is_handed_out_before_a_journal_is_known),
        WORLD_TEST(nothing_leaves_while_the_broker_is_gone),
        WORLD_TEST(a_register_hurries_what_waits),
        WORLD_TEST(a_cancel_takes_the_tasks_place),
        WORLD_TEST(the_queue_of_an_agent_is_bounded),
        WORLD_TEST(queries_repeat_a_few_times),
    };

    return cmocka_run_group_tests_name("core-dispatch", tests, NULL, NULL);
}
