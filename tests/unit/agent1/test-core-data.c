/* What agentctl's answers hold for programs: schedules, runs, agents, status. */
#include "plan-world.h"

#include "common/base/banned.h"

#define CHAT   "01J0000000000000000000000A"
#define SECOND "01J0000000000000000000000B"

/* As agentctl --json does. */
static void type_for_program(World *world, const char *id, const char *text)
{
    Message *message = world_chat(world, id, text);

    message->chat.wants_data = true;
    world_chat_comes(world, message);
}

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static const Json *data_of(const World *world)
{
    const Message *reply = world_last_sent(world, MESSAGE_REPLY);

    assert_non_null(reply);
    assert_true(reply->reply.is_final);
    return reply->reply.data;
}

static void assert_data(const World *world, const char *expected)
{
    g_autofree char *text = data_of(world) ? json_print(data_of(world)) : g_strdup("none");

    assert_string_equal(text, expected);
}

#define SCHEDULE(id, when, agent)                                                                  \
    "{\"type\":\"schedule\",\"id\":\"" id "\",\"when\":\"" when "\",\"zone\":\"UTC\","             \
    "\"agent\":\"" agent "\",\"task\":\"true\""

static const struct {
    const char *what;
    const char *entries;
    const char *expected;
} rows_of_schedules[] = {
    { "none", "", "{\"schedules\":[],\"totals\":{\"schedules\":0}}" },
    { "one that starts, and one that is off",
      "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\","
      "\"user\":\"ana\"},"
      "{\"id\":\"b\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"daily 03:00\","
      "\"enabled\":false}",
      "{\"schedules\":[" SCHEDULE(
          "a", "hourly",
          "web1") ",\"user\":\"ana\","
                  "\"next\":\"2026-09-21T15:00:00.000Z\",\"next_fate\":\"starts\","
                  "\"next_start\":\"2026-09-21T15:00:00.000Z\",\"state\":\"active\"}," SCHEDULE(
                      "b", "daily 03:00",
                      "web1") ",\"state\":\"off\"}],\"totals\":{\"schedules\":2}}" },
    { "one that waits for its window",
      "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"daily 03:00\"}",
      "{\"schedules\":[" SCHEDULE(
          "a", "daily 03:00",
          "web1") ","
                  "\"next\":\"2026-09-22T03:00:00.000Z\",\"next_fate\":\"waits\","
                  "\"next_start\":\"2026-09-22T05:00:00.000Z\",\"next_rule\":\"blackout\","
                  "\"next_why\":\"blackout hours 02:00-05:00\",\"state\":\"active\"}],"
                  "\"totals\":{\"schedules\":1}}" },
    { "one whose window never lets it",
      "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"daily 03:00\","
      "\"on_blocked\":\"skip\"}",
      "{\"schedules\":[" SCHEDULE(
          "a", "daily 03:00",
          "web1") ",\"next_fate\":\"never\","
                  "\"next_rule\":\"blackout\",\"next_why\":\"blackout hours 02:00-05:00\","
                  "\"state\":\"active\"}],\"totals\":{\"schedules\":1}}" },
    { "one of an agent that is none",
      "{\"id\":\"a\",\"agent\":\"web9\",\"task\":\"true\",\"cron\":\"hourly\"}",
      "{\"schedules\":[" SCHEDULE(
          "a", "hourly",
          "web9") ","
                  "\"next\":\"2026-09-21T15:00:00.000Z\",\"next_fate\":\"fails\","
                  "\"next_rule\":\"unknown_agent\",\"next_why\":\"no agent of that name; "
                  "nearest: web1, "
                  "web2\",\"state\":\"active\"}],\"totals\":{\"schedules\":1}}" },
    { "one that is over",
      "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"at 2026-01-01T00:00\"}",
      "{\"schedules\":[" SCHEDULE("a", "at 2026-01-01T00:00", "web1") ",\"state\":\"over\"}],"
                                                                      "\"totals\":{"
                                                                      "\"schedules\":1}}" },
    { "one whose day never comes",
      "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"0 3 31 2 *\"}",
      "{\"schedules\":[" SCHEDULE("a", "0 3 31 2 *",
                                  "web1") ",\"next_why\":\"February has no 31st\","
                                          "\"state\":\"over\"}],\"totals\":{\"schedules\":1}}" },
};

static void schedules(void **state)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows_of_schedules); i++) {
        World *world = world_new();

        print_message("%s\n", rows_of_schedules[i].what);
        json_free(world->blackouts);
        world->blackouts = world_json("[{\"start\":\"02:00\",\"end\":\"05:00\"}]");
        write_tasks(world, rows_of_schedules[i].entries);
        type_for_program(world, CHAT, "!tasks");
        assert_data(world, rows_of_schedules[i].expected);
        world_free(world);
    }
    (void)state;
}

static void a_paused_schedule_and_a_paused_agent(void **state)
{
    World *world = *state;
    const Json *item;

    world_register(world, JOURNAL_1, 1);
    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"hourly\"}");
    world_write(world, "oskar", NULL, "!pause a");
    world_write(world, "oskar", NULL, "!agentOFF web1");
    type_for_program(world, CHAT, "PLAN_LIST:");
    item = json_first(json_member(data_of(world), "schedules"));
    assert_string_equal(json_string(json_member(item, "state")), "paused");
    assert_string_equal(json_string(json_member(item, "paused_by")), "oskar");
    assert_null(json_member(item, "next"));
    assert_string_equal(json_string(json_member(item, "agent_hold")),
                        "web1 is paused by oskar since 14:13");
    assert_string_equal(json_string(json_member(item, "next_fate")), "paused");
    world_write(world, "oskar", NULL, "!resume a");
    type_for_program(world, "01K6J8ZQ4T3N5V7W9X1Y2Z3C90", "PLAN_LIST:");
    item = json_first(json_member(data_of(world), "schedules"));
    assert_string_equal(json_string(json_member(item, "state")), "active");
    assert_string_equal(json_string(json_member(item, "next")), "2026-09-21T15:00:00.000Z");
    assert_string_equal(json_string(json_member(item, "next_fate")), "paused");
    assert_string_equal(json_string(json_member(item, "next_rule")), "paused");
    assert_string_equal(json_string(json_member(item, "next_why")),
                        "web1 is paused by oskar since 14:13");
    assert_null(json_member(item, "next_start"));
    world_write(world, "oskar", NULL, "!agentON web1");
    type_for_program(world, "01K6J8ZQ4T3N5V7W9X1Y2Z3C91", "PLAN_LIST:");
    item = json_first(json_member(data_of(world), "schedules"));
    assert_string_equal(json_string(json_member(item, "next_fate")), "starts");
}

/* The first ones, and how many there are. */
static void more_schedules_than_are_shown(void **state)
{
    World *world = *state;
    g_autoptr(GString) entries = g_string_new(NULL);
    int64_t total = 0;

    for (unsigned i = 0; i < 2000; i++)
        g_string_append_printf(
            entries,
            "%s{\"id\":\"s%u\",\"agent\":\"web1\",\"task\":\"true\",\"cron\":\"at "
            "2027-01-01T%02u:%02u:00\"}",
            i ? "," : "", i, i / 60 % 24, i % 60);
    write_tasks(world, entries->str);
    type_for_program(world, CHAT, "!tasks");
    assert_int_equal(json_count(json_member(data_of(world), "schedules")), 100);
    assert_true(json_int(json_member(json_member(data_of(world), "totals"), "schedules"), &total));
    assert_int_equal(total, 2000);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "\nand 1900 more");
}

/* What does not fit is only counted. */
static void more_than_a_message_holds(void **state)
{
    World *world = *state;
    g_autoptr(GString) entries = g_string_new(NULL);
    g_autofree char *task = g_strnfill(4000, 'x');
    g_autofree char *body = NULL;
    int64_t total = 0;

    for (unsigned i = 0; i < 60; i++)
        g_string_append_printf(entries,
                               "%s{\"id\":\"s%u\",\"agent\":\"web1\",\"task\":\"%s\",\"cron\":\"at "
                               "2027-01-01T00:%02u:00\"}",
                               i ? "," : "", i, task, i);
    write_tasks(world, entries->str);
    type_for_program(world, CHAT, "!tasks");
    assert_in_range(json_count(json_member(data_of(world), "schedules")), 20, 40);
    assert_true(json_int(json_member(json_member(data_of(world), "totals"), "schedules"), &total));
    assert_int_equal(total, 60);
    body = message_encode(world_last_sent(world, MESSAGE_REPLY), NULL);
    assert_non_null(body);
}

static void runs(void **state)
{
    World *world = *state;
    const Json *item;
    int64_t number;

    world_register(world, JOURNAL_1, 1);
    type_for_program(world, CHAT, "!runs");
    assert_data(world, "{\"runs\":[],\"totals\":{\"runs\":0}}");
    world_write(world, "oskar", NULL, "@web1 ls /none");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    type_for_program(world, "01J0000000000000000000000E", "REPORT_ERRORS:");
    assert_data(world, "{\"runs\":[],\"totals\":{\"runs\":0}}");
    type_for_program(world, SECOND, "!run 1");
    item = json_first(json_member(data_of(world), "runs"));
    assert_string_equal(json_string(json_member(item, "state")), "accepted");
    assert_non_null(json_member(item, "expires"));
    assert_null(json_member(item, "started"));

    world_result(world, world_run_id(world, 1), 1, "failed", 2, "ls: error: no such file\n");
    type_for_program(world, "01J0000000000000000000000C", "REPORT_ERRORS:");
    item = json_first(json_member(data_of(world), "runs"));
    assert_string_equal(json_string(json_member(item, "type")), "run");
    assert_string_equal(json_string(json_member(item, "run")), world_run_id(world, 1));
    assert_string_equal(json_string(json_member(item, "agent")), "web1");
    assert_string_equal(json_string(json_member(item, "task")), "ls /none");
    assert_string_equal(json_string(json_member(item, "user")), "oskar");
    assert_string_equal(json_string(json_member(item, "failure")), "ls: error: no such file");
    assert_true(json_int(json_member(item, "exit_code"), &number));
    assert_int_equal(number, 2);
    assert_true(json_int(json_member(item, "duration_ms"), &number));
    assert_int_equal(number, 400);
    assert_null(json_member(item, "signal"));
    assert_null(json_member(item, "output"));
    type_for_program(world, "01J0000000000000000000000D", "!run 1");
    item = json_first(json_member(data_of(world), "runs"));
    assert_string_equal(json_string(json_member(item, "output")), "ls: error: no such file\n");
}

static void agents_and_status(void **state)
{
    World *world = *state;
    const Json *item;
    const Json *skill;
    int64_t online;

    world_register(world, JOURNAL_1, 1);
    type_for_program(world, CHAT, "!agents\n!status");
    item = json_first(json_member(data_of(world), "agents"));
    assert_string_equal(json_string(json_member(item, "name")), "web1");
    assert_string_equal(json_string(json_member(item, "state")), "online");
    assert_string_equal(json_string(json_member(item, "version")), "0.1.0");
    skill = json_first(json_member(item, "skills"));
    assert_string_equal(json_string(skill), "shell");
    item = json_next(item);
    assert_string_equal(json_string(json_member(item, "state")), "not_seen");
    assert_null(json_member(item, "since"));

    item = json_first(json_member(data_of(world), "status"));
    assert_string_equal(json_string(json_member(item, "state")), "awake");
    assert_true(json_bool(json_member(json_member(item, "mqtt"), "connected")));
    assert_true(json_int(json_member(json_member(item, "agents"), "online"), &online));
    assert_int_equal(online, 1);
}

static void agents_that_are_told_more_of(void **state)
{
    World *world = *state;
    Json *web2 = json_member_mutable(json_member_mutable(world->registry, "agents"), "web2");
    const Json *item;

    json_set(web2, "labels", world_json("{\"role\":\"web\"}"));
    world_configure(world);
    world_register_as(world, 7, "new1", JOURNAL_2, 1, "[]");
    world_write(world, "oskar", NULL, "!agentOFF web2");
    type_for_program(world, CHAT, "!agents web2,new1");
    item = json_first(json_member(data_of(world), "agents"));
    assert_string_equal(json_string(json_member(item, "name")), "new1");
    assert_string_equal(json_string(json_member(item, "state")), "asks_to_join");
    assert_int_equal(strlen(json_string(json_member(item, "fingerprint"))), 79);
    item = json_next(item);
    assert_string_equal(json_string(json_member(json_member(item, "labels"), "role")), "web");
    assert_string_equal(json_string(json_member(item, "hold")),
                        "web2 is paused by oskar since 14:13");
}

/* While it goes on and when it is over, in either spelling. */
static void runs_of_a_plan(void **state)
{
    static const char *const texts[] = { "!runs p1", "!run p1" };
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 other");
    world_write(world, "oskar", NULL, "@web1,web2 true");
    for (unsigned i = 0; i < 4; i++) {
        g_autofree char *chat = g_strdup_printf("01J0000000000000000000010%u", i);
        const Json *item;
        int64_t number;

        type_for_program(world, chat, texts[i % 2]);
        assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "\n#3 web2: ");
        assert_int_equal(json_count(json_member(data_of(world), "runs")), 2);
        item = json_first(json_member(data_of(world), "runs"));
        assert_true(json_int(json_member(item, "number"), &number));
        assert_int_equal(number, 2);
        assert_string_equal(json_string(json_member(item, "plan")), "p1");
        assert_string_equal(json_string(json_member(item, "state")),
                            i < 2 ? "queued" : "succeeded");
        if (i == 1) {
            fleet_succeeds(world, 2, NULL);
            fleet_succeeds(world, 3, NULL);
        }
    }
    type_for_program(world, "01J00000000000000000000200", "!runs p7");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "p7: no such plan");
    assert_data(world, "none");
}

/* Of a range the last 20 are shown, and all are counted. */
static void runs_of_a_range(void **state)
{
    World *world = *state;
    int64_t total = 0;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 1; i <= 25; i++) {
        world_write(world, "oskar", NULL, "@web1 true");
        world_result(world, world_run_id(world, i), 1, "succeeded", 0, "");
    }
    type_for_program(world, CHAT, "REPORT: | today");
    assert_int_equal(json_count(json_member(data_of(world), "runs")), 20);
    assert_true(json_int(json_member(json_member(data_of(world), "totals"), "runs"), &total));
    assert_int_equal(total, 25);
}

/* Of several lists each comes with the reply that tells of it. */
static void lists_that_come_one_after_the_other(void **state)
{
    World *world = *state;
    const Json *data;

    world->is_store_slow = true;
    type_for_program(world, CHAT, "!agents\n!runs");
    data = world_last_sent(world, MESSAGE_REPLY)->reply.data;
    assert_int_equal(json_count(json_member(data, "agents")), 2);
    world_answer_all(world);
    assert_data(world, "{\"runs\":[],\"totals\":{\"runs\":0}}");
}

/* Its answer was lost. */
static void a_repeat_has_it_again(void **state)
{
    World *world = *state;
    g_autofree char *before = NULL;

    type_for_program(world, CHAT, "!agents\nPLAN_LIST:");
    before = json_print(data_of(world));
    world_forget(world);
    type_for_program(world, CHAT, "!agents\nPLAN_LIST:");
    assert_data(world, before);
}

/* The words that were kept do for it. */
static void a_late_repeat_has_none(void **state)
{
    World *world = *state;
    Message *late = world_chat(world, CHAT, "!agents");

    late->chat.wants_data = true;
    type_for_program(world, CHAT, "!agents");
    world_forget(world);
    world_wait(world, 6 * 60 * 1000);
    world_chat_comes(world, late);
    assert_data(world, "none");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1");
}

static void a_repeat_of_what_acted_does_not_act_again(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    type_for_program(world, CHAT, "!agents\n!pause web1");
    world_forget(world);
    type_for_program(world, CHAT, "!agents\n!pause web1");
    assert_data(world, "none");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1");
}

static void nothing_is_made_for_people(void **state)
{
    World *world = *state;

    world_type(world, CHAT, "!tasks\n!agents\n!status", false, false);
    assert_data(world, "none");
}

static void other_answers_have_none(void **state)
{
    World *world = *state;

    type_for_program(world, CHAT, "!blackout");
    assert_data(world, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),
        WORLD_TEST(a_paused_schedule_and_a_paused_agent),
        WORLD_TEST(more_schedules_than_are_shown),
        WORLD_TEST(more_than_a_message_holds),
        WORLD_TEST(runs),
        WORLD_TEST(agents_and_status),
        WORLD_TEST(agents_that_are_told_more_of),
        FLEET_TEST(runs_of_a_plan),
        WORLD_TEST(runs_of_a_range),
        WORLD_TEST(lists_that_come_one_after_the_other),
        WORLD_TEST(a_repeat_has_it_again),
        WORLD_TEST(a_late_repeat_has_none),
        WORLD_TEST(a_repeat_of_what_acted_does_not_act_again),
        WORLD_TEST(nothing_is_made_for_people),
        WORLD_TEST(other_answers_have_none),
    };

    return cmocka_run_group_tests_name("core-data", tests, NULL, NULL);
}
