/* The picture of the day: for whom, in which language, when there is none, and after a crash. */
#include "core-xmpp.h"

#include "agent1/port/day_chart.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(no_picture_without_a_place_or_a_run),
        WORLD_TEST(who_asks_gets_the_link),
        WORLD_TEST(a_failure_is_only_logged),
        WORLD_TEST(the_compiled_report_has_one_in_each_language),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
