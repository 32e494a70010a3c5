/* The pictures of a day and of the month: for whom, in which language, when there is none, and
 * after a crash. */
#include "core-xmpp.h"

#include "agent1/port/day_chart.h"
#include "agent1/port/month_chart.h"
#include "common/base/banned.h"

#define LINK_URL "https://share.example.org/x/runs-2026-09-21.png"

static void tell(World *world, XmppFactKind kind, const char *about, const char *text)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.about = g_strdup(about);
    event->fact.text = g_strdup(text);
    event->fact.max_bytes = 1000000;
    world_step(world, event);
}

static unsigned count_charts(const World *world)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        count += effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_UPLOAD_CHART;
    }
    return count;
}

static unsigned count_links(const World *world, const char *jid)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->said->len; i++) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i])->say;

        count += say->is_link && strcmp(say->jid, jid) == 0;
    }
    return count;
}

static void run_one(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "fine");
    world_forget(world);
}

static void no_picture_without_a_place_or_a_run(void **state)
{
    World *world = *state;

    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_int_equal(count_charts(world), 0); /* nothing ended */
    run_one(world);
    world_write(world, "vera", NULL, "DAILY_REPORT: web2");
    assert_int_equal(count_charts(world), 0);
    world_link(world, LINK_XMPP, false);
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_int_equal(count_charts(world), 0);
    world_restart(world); /* where the server takes no files */
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    assert_int_equal(count_charts(world), 0);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
}

static void who_asks_gets_the_link(void **state)
{
    World *world = *state;
    const XmppAct *act;
    g_autoptr(DayChart) chart = NULL;

    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    run_one(world);
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    act = world_last_act(world, XMPP_ACT_UPLOAD_CHART);
    assert_string_equal(act->about, "runs-2026-09-21.png");
    chart = day_chart_parse(act->text);
    assert_string_equal(chart->title, "Runs of 2026-09-21");
    assert_string_equal(chart->of_hours, "hour, UTC");
    assert_int_equal(chart->hour_count, 24);
    assert_int_equal(chart->hours[14].counts[CHART_SUCCEEDED], 1);
    tell(world, XMPP_FACT_UPLOADED, act->id, LINK_URL);
    assert_int_equal(count_links(world, "vera@example.org/phone"), 1);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
}

/* The chart was said as text: that the picture failed is nobody's news. */
static void a_failure_is_only_logged(void **state)
{
    World *world = *state;
    unsigned said;

    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    run_one(world);
    world_write(world, "vera", NULL, "DAILY_REPORT:");
    said = world->said->len;
    tell(world, XMPP_FACT_NOT_UPLOADED, world_last_act(world, XMPP_ACT_UPLOAD_CHART)->id, "full");
    assert_int_equal(world->said->len, said);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
}

/* ana reads French, oskar English: a picture each, drawn anew after a crash. */
static void the_compiled_report_has_one_in_each_language(void **state)
{
    World *world = *state;
    Json *users = json_member_mutable(world->config, "users");
    g_autofree char *french = NULL;
    g_autofree char *english = NULL;
    unsigned i;

    json_set_string((Json *)(guintptr)json_first(users), "language", "fr");
    world->reports = world_json("{\"daily_report_time\":\"22:30\"}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    run_one(world);
    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    /* 22:30 */
    world_wait(world, 8 * HOUR_MS + 17 * MINUTE_MS);
    assert_int_equal(count_charts(world), 2);
    world_restart(world);
    world_forget(world);
    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    assert_int_equal(count_charts(world), 2);
    for (i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        if (effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_UPLOAD_CHART)
            *(strstr(effect->act.text, "Tâches du 2026-09-21") ? &french : &english) =
                g_strdup(effect->act.id);
    }
    assert_non_null(french);
    assert_non_null(english);
    tell(world, XMPP_FACT_UPLOADED, french, LINK_URL);
    assert_int_equal(count_links(world, "ana@example.org"), 1);
    assert_int_equal(count_links(world, "oskar@example.org"), 0);
    tell(world, XMPP_FACT_UPLOADED, english, LINK_URL);
    assert_int_equal(count_links(world, "oskar@example.org"), 1);
    assert_int_equal(count_links(world, "vera@example.org"), 0);
    assert_int_equal(world_count_rows(world, TABLE_UPLOADS), 0);
}

/* ---- the month ---- */

static void write_tasks(World *world, const char *entries)
{
    g_autofree char *text = g_strdup_printf("{\"tasks\":[%s]}", entries);

    json_free(world->tasks);
    world->tasks = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static void the_month_has_one(void **state)
{
    World *world = *state;
    const XmppAct *act;
    g_autoptr(MonthChart) chart = NULL;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"02:00\",\"end\":\"05:30\"}]");
    write_tasks(world,
                "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 03:00\"},"
                "{\"id\":\"b\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"weekly tue 04:00\","
                "\"on_blocked\":\"skip\"}");
    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    world_write(world, "vera", NULL, "!calendar");
    assert_contains(world_last_said(world), "All agents, the month ahead, zone UTC:");
    act = world_last_act(world, XMPP_ACT_UPLOAD_CHART);
    assert_string_equal(act->about, "calendar-2026-09-21.png");
    chart = month_chart_parse(act->text);
    assert_string_equal(chart->title, "All agents, the month ahead");
    assert_string_equal(chart->of_hours, "hour, UTC");
    assert_string_equal(chart->days[1].name, "Tue 22 Sep");
    assert_int_equal(chart->days[1].weekday, 1);
    assert_true(chart->days[1].cells[2].is_closed);
    assert_int_equal(chart->days[1].cells[4].skipped, 1);
    assert_int_equal(chart->days[1].cells[5].begins, 1);
    assert_int_equal(chart->days[30].weekday, 2);
    tell(world, XMPP_FACT_UPLOADED, act->id, LINK_URL);
    assert_int_equal(count_links(world, "vera@example.org/phone"), 1);
    world_write(world, "vera", NULL, "!calendar web1");
    act = world_last_act(world, XMPP_ACT_UPLOAD_CHART);
    assert_string_equal(act->about, "calendar-web1-2026-09-21.png");
}

/* Nothing to see, not all to see, nowhere to put it, nobody with an XMPP client. */
static void the_month_has_none(void **state)
{
    World *world = *state;
    g_autoptr(GString) many = g_string_new(NULL);
    const char *one = "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 03:00\"}";
    unsigned i;

    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    world_write(world, "vera", NULL, "!calendar");
    write_tasks(world, one);
    world_write(world, "vera", NULL, "!calendar web3");
    world_type(world, JOURNAL_1, "!calendar", false, false);
    for (i = 0; i < 100; i++)
        g_string_append_printf(many,
                               "%s{\"id\":\"s%u\",\"agent\":\"web%u\",\"task\":\"x\",\"cron\":"
                               "\"hourly\"}",
                               i ? "," : "", i, i % 2 + 1);
    write_tasks(world, many->str);
    world_write(world, "vera", NULL, "!calendar");
    assert_contains(world_last_said(world), "There are too many for one screen");
    write_tasks(world, one);
    world_link(world, LINK_XMPP, false);
    world_write(world, "vera", NULL, "!calendar");
    assert_int_equal(count_charts(world), 0);
}

static void the_month_is_drawn_anew_after_a_crash(void **state)
{
    World *world = *state;
    Json *users = json_member_mutable(world->config, "users");
    g_autoptr(MonthChart) chart = NULL;

    json_set_string((Json *)(guintptr)json_first(users), "language", "fr");
    write_tasks(world, "{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"x\",\"cron\":\"daily 03:00\"}");
    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    world_write(world, "ana", NULL, "!calendar");
    world_restart(world);
    world_forget(world);
    tell(world, XMPP_FACT_SHARE, NULL, NULL);
    assert_int_equal(count_charts(world), 1);
    chart = month_chart_parse(world_last_act(world, XMPP_ACT_UPLOAD_CHART)->text);
    assert_string_equal(chart->title, "Tous les agents, le mois qui vient");
    assert_string_equal(chart->days[1].name, "mar 22/09");
    assert_string_equal(chart->names[MONTH_CHART_CLOSED], "fermé");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(no_picture_without_a_place_or_a_run),
        WORLD_TEST(who_asks_gets_the_link),
        WORLD_TEST(a_failure_is_only_logged),
        WORLD_TEST(the_compiled_report_has_one_in_each_language),
        WORLD_TEST(the_month_has_one),
        WORLD_TEST(the_month_has_none),
        WORLD_TEST(the_month_is_drawn_anew_after_a_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
