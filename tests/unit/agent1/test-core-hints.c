/* The core of agent1 with fake edges: what a person hears who left out the colon of a trigger. */
#include "core-world.h"

#include "common/base/banned.h"

#define MEANT "? It takes a colon right behind its word; without that, nothing is done."
#define HALF  "I understood a part of it, and do nothing by halves"
#define TALK  "I take commands (!help lists them) and tasks"

static void a_trigger_without_its_colon(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "DELEGATE web1 | uptime", "Do you mean DELEGATE: web1 | uptime" MEANT },
        { "delegate web1|uptime", "Do you mean DELEGATE: web1|uptime" MEANT },
        { "DELEGATE : web1 | uptime", "Do you mean DELEGATE: web1 | uptime" MEANT },
        { "DELEGATE|web1|uptime", "Do you mean DELEGATE: |web1|uptime" MEANT },
        { "PLAN web1|a ;; web1|b", "Do you mean PLAN: web1|a ;; web1|b" MEANT },
        { "schedule daily 03:00 | web1 | uptime",
          "Do you mean SCHEDULE: daily 03:00 | web1 | uptime" MEANT },
        { "SCHEDULE daily 03:00 | web1 | uptime",
          "Do you mean SCHEDULE: daily 03:00 | web1 | uptime" MEANT },
        { "Schedule daily 03:00 | web1", "Do you mean SCHEDULE: daily 03:00 | web1" MEANT },
        { "mqtt_publish home/lamp | ON", "Do you mean MQTT_PUBLISH: home/lamp | ON" MEANT },
        { "remember door | 1234", "Do you mean REMEMBER: door | 1234" MEANT },
        { "plan_cancel nightly", "Do you mean PLAN_CANCEL: nightly" MEANT },
        { "report_errors web1", "Do you mean REPORT_ERRORS: web1" MEANT },
        { "daily_report", "Do you mean DAILY_REPORT:" MEANT },
        { "recall door", "Do you mean RECALL: door" MEANT },
        { "SEARCH nginx 502", "Do you mean SEARCH: nginx 502" MEANT },
        { "search nginx 502", "Do you mean SEARCH: nginx 502" MEANT },
        { "read https://example.org/a", "Do you mean READ: https://example.org/a" MEANT },
        { "report web1 | yesterday", "Do you mean REPORT: web1 | yesterday" MEANT },
        { "REPORT", "Do you mean REPORT:" MEANT },
        { "report web1", "Do you mean REPORT: web1" MEANT },
        { "Plan_List", "Do you mean PLAN_LIST:" MEANT },
        { "REMEMBER to buy milk", "Do you mean REMEMBER: to buy milk" MEANT },
        { "MQTT_SUBSCRIBE home/# --count 3", "Do you mean MQTT_SUBSCRIBE: home/# --count 3" MEANT },
        /* Talk that happens to begin so. */
        { "search for the culprit", TALK },
        { "remember to buy milk", HALF },
        { "report on the weather", HALF },
        { "plan the weekend for us", TALK },
        { "DELEGATED web1 | uptime", HALF },
        { "I DELEGATE web1 | uptime", HALF },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].text);
        world_write(world, "oskar", NULL, rows[i].text);
        if (!g_str_has_prefix(world_last_said(world), rows[i].answer))
            fail_msg("%s", world_last_said(world));
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    }
}

/* !pause and !resume are for schedules. */
static void an_agent_is_paused_by_another_word(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "pause web1", "Do you mean !agentOFF web1? A command begins" },
        { "resume web1", "Do you mean !agentON web1? A command begins" },
        { "pause apt", "Do you mean !pause apt? A command begins" },
        { "!pause web1",
          "web1 is an agent, and !pause is for schedules: !agentOFF web1 pauses it" },
        { "!resume web1",
          "web1 is an agent, and !resume is for schedules: !agentON web1 resumes it" },
        { "!pause apt", "apt: no schedule of that name; !tasks lists them" },
    };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("  %s\n", rows[i].text);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_contains(world_last_said(world), rows[i].answer);
    }
    world->tasks = world_json("{\"tasks\":[{\"id\":\"web1\",\"agent\":\"web1\",\"task\":\"true\","
                              "\"cron\":\"every 1h\"}]}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_write(world, "oskar", NULL, "pause web1");
    assert_contains(world_last_said(world), "Do you mean !pause web1?");
    world_write(world, "oskar", NULL, "!pause web1");
    assert_contains(world_last_said(world), "web1: every 1h");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(an_agent_is_paused_by_another_word),
        WORLD_TEST(a_trigger_without_its_colon),
    };

    return cmocka_run_group_tests_name("core-hints", tests, NULL, NULL);
}
