/* Answers of the store and of the file editor come later, and the world may have changed. */
#include "core-world.h"

#include "common/base/banned.h"

static void a_command_is_open_until_the_store_answers(void **state)
{
    World *world = *state;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "hi");
    world_forget(world);
    world->is_store_slow = true;
    world_type(world, "c1", "!run 1\n!runs", false, false);
    assert_null(world_last_sent(world, MESSAGE_REPLY));
    assert_int_equal(world->asked->len, 2);
    /* A repeat meanwhile asks nothing again. */
    world_type(world, "c1", "!run 1\n!runs", false, false);
    assert_int_equal(world->asked->len, 2);
    world_answer_all(world);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 2);
    assert_false(((const Effect *)world->sent->pdata[0])->publish.message->reply.is_final);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "ok");
}

static void a_thousand_questions_wait_for_the_store_at_most(void **state)
{
    World *world = *state;
    unsigned i;

    world->is_store_slow = true;
    for (i = 0; i < 1000; i++)
        world_write(world, "vera", NULL, "!runs");
    assert_int_equal(world->said->len, 0);
    world_write(world, "vera", NULL, "!runs");
    assert_contains(world_last_said(world), "too many questions wait for the database");
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "too many questions wait for the database");
    world_write(world, "oskar", NULL, "!cancel 1");
    assert_contains(world_last_said(world), "too many questions wait for the database");
    world_answer_all(world);
    world_forget(world);
    world->is_store_slow = false;
    world_write(world, "vera", NULL, "!runs");
    assert_string_equal(world_last_said(world), "no runs yet; @<agent> <task> makes one");
}

static void an_answer_nobody_waits_for_is_dropped(void **state)
{
    World *world = *state;

    world->is_store_slow = true;
    world_write(world, "vera", NULL, "!runs");
    world_restart(world);
    world_forget(world);
    world_answer_all(world);
    assert_int_equal(world->said->len, 0);
}

/* The agent is revoked between its result and the store's answer: its word counts no longer. */
static void a_result_of_a_revoked_agent_settles_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    world->is_store_slow = true;
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_write(world, "ana", NULL, "!revoke web1");
    world_forget(world);
    world_answer_all(world);
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    assert_int_equal(world->sent->len, 0);
}

static void an_open_acl_is_told_once_an_hour(void **state)
{
    World *world = *state;
    unsigned i;

    world_forget(world);
    for (i = 0; i < 3; i++) {
        Event *event = event_new(EVENT_PROBE);

        event->probe_text = g_strdup("web1");
        world_step(world, event);
    }
    assert_int_equal(world_count_other(world, EFFECT_LOG), 1);
    assert_contains(((const Effect *)world->other->pdata[0])->log.text, "agents/acl-probe/inbox");
}

/* What a person wrote in the registry stays; what is missing there is filled in. */
static void a_register_fills_the_registry(void **state)
{
    World *world = *state;
    Message *message = message_new(MESSAGE_REGISTER, WORLD_MESSAGE_ID, "web1", world->now_ms);
    const EffectEditFile *edit;

    message->registration.name = g_strdup("web1");
    message->registration.session = 1;
    message->registration.seq = 1;
    message->registration.install_path = g_strdup("/opt/agent2");
    message->registration.service_name = g_strdup("agent2.service");
    message->registration.git_branch = g_strdup("main");
    message->registration.skills = world_json("[{\"name\":\"shell\"},7,{\"name\":\"apt\"}]");
    world_report_as(world, 1, TOPIC_KIND_REGISTER, "web1", JOURNAL_1, message);
    assert_int_equal(world->edits->len, 1);
    edit = &((const Effect *)world->edits->pdata[0])->edit;
    assert_true(edit->is_fill);
    assert_string_equal(edit->name, "web1");
    assert_string_equal(edit->members,
                        "{\"install_path\":\"/opt/agent2\",\"service_name\":\"agent2.service\","
                        "\"git_branch\":\"main\",\"skills\":[\"shell\",\"apt\"]}");
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0); /* it comes again by itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_command_is_open_until_the_store_answers),
        WORLD_TEST(a_thousand_questions_wait_for_the_store_at_most),
        WORLD_TEST(an_answer_nobody_waits_for_is_dropped),
        WORLD_TEST(a_result_of_a_revoked_agent_settles_nothing),
        WORLD_TEST(an_open_acl_is_told_once_an_hour),
        WORLD_TEST(a_register_fills_the_registry),
    };

    return cmocka_run_group_tests_name("core-late", tests, NULL, NULL);
}
