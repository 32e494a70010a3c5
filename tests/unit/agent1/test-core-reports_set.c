/* !reports and !reports set: what is shown, what is refused, and that a change is asked about,
 * written and kept. */
#include "core-world.h"

#include "common/base/banned.h"

static const struct {
    const char *what;
    const char *user;
    const char *text;
    const char *answer;
} rows[] = {
    { "something else", "vera", "!reports web1", "expected !reports, or !reports set" },
    { "too little", "oskar", "!reports set web1", "expected !reports, or !reports set" },
    { "too much", "oskar", "!reports set web1 22:00 please",
      "22:00 please: expected a time from 00:00 to 23:59, or off" },
    { "not as a viewer", "vera", "!reports set web1 22:00",
      "!reports set: refused (role): this needs the role operator; yours is viewer" },
    { "an agent that is none", "oskar", "!reports set wep2 22:00",
      "wep2: no agent of that name; nearest: web2; \"daily\" is the compiled report" },
    { "nothing like it", "oskar", "!reports set frobnicator 22:00", "!agents lists them" },
    { "no time", "oskar", "!reports set web1 soon",
      "soon: expected a time from 00:00 to 23:59, or off, as in !reports set web1 22:00" },
    { "out of range", "oskar", "!reports set web1 24:00", "24:00: expected a time from 00:00" },
    { "a minute too far", "oskar", "!reports set daily 22:60", "22:60: expected a time" },
    { "hidden characters", "oskar", "!reports set web1 22\u200b:00", "22<U+200B>:00: expected" },
    { "nothing is set", "vera", "!reports",
      "Reports, zone UTC (reports_schedule.json):\ndaily: off\nno agent is asked for its report" },
    { "ask about one", "oskar", "!reports set Web1 22:00",
      "web1: now not set; shall it be 22:00? !yes or !no" },
    { "not a thing is changed yet", "vera", "!reports", "no agent is asked" },
    { "another one's yes", "ana", "!yes", "no question is open here" },
    { "yes", "oskar", "!yes", "web1: 22:00, next 22:00 UTC" },
    { "as people write it", "oskar", "!reports set web2 22 h 30",
      "web2: now not set; shall it be 22:30?" },
    { "and not", "oskar", "!no", "dropped" },
    { "noon", "oskar", "!reports set web2 noon", "shall it be 12:00?" },
    { "and not", "oskar", "!no", "dropped" },
    { "ask about the daily one", "oskar", "!reports set daily 13:00", "daily: now off; shall it" },
    { "no", "oskar", "!no", "dropped: \"!reports set daily 13:00\"" },
    { "again", "oskar", "!reports SET DAILY 13:00", "shall it be 13:00?" },
    { "tomorrow", "oskar", "!yes", "daily: 13:00, next 2026-09-22 13:00 UTC" },
    { "shown", "vera", "!reports",
      "daily: 13:00, next 2026-09-22 13:00 UTC\nweb1: 22:00, next 22:00 UTC" },
    { "switch it off", "oskar", "!reports set web1 off", "web1: now 22:00, next 22:00 UTC; shall" },
    { "off", "oskar", "!yes", "web1: off (22:00)" },
};

static void what_reports_answers(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\" is answered \"%s\"", rows[i].what, rows[i].text,
                     world_last_said(world));
    }
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 3);
}

static void a_change_is_written_and_kept(void **state)
{
    World *world = *state;
    const EffectEditFile *edit;
    Event *event;

    world_write(world, "oskar", NULL, "!reports set web1 22:00");
    assert_int_equal(world->edits->len, 0);
    world_write(world, "oskar", NULL, "!yes");
    assert_int_equal(world->edits->len, 1);
    edit = &((const Effect *)world->edits->pdata[0])->edit;
    assert_string_equal(edit->file, "reports_schedule.json");
    assert_string_equal(edit->name, "web1");
    assert_string_equal(edit->members, "{\"report_time\":\"22:00\",\"enabled\":true}");
    assert_string_equal(world_last_audit(world, "command")->text, "!reports set web1 22:00");
    /* Not written yet: the file says nothing of it, and the word stands. */
    world_restart(world);
    world_write(world, "vera", NULL, "!reports");
    assert_contains(world_last_said(world), "web1: 22:00, next 22:00 UTC");
    event = event_new(EVENT_FILE_EDITED);
    event->edited.id = g_strdup(edit->id);
    world_step(world, event);
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0);
    world_write(world, "oskar", NULL, "!reports set daily off\n!yes");
    edit = &((const Effect *)world->edits->pdata[world->edits->len - 1])->edit;
    assert_null(edit->name);
    assert_string_equal(edit->members, "{\"daily_report_enabled\":false}");
}

static void answer_edit(World *world, const char *error)
{
    Event *event = event_new(EVENT_FILE_EDITED);

    event->edited.id = g_strdup(((const Effect *)world->edits->pdata[0])->edit.id);
    event->edited.error = g_strdup(error);
    world_step(world, event);
}

/* A person saves while the edit is on its way: handed over once more it could undo what he wrote.
 * One that failed is tried again when the files were read, since he may have mended them. */
static void an_edit_is_handed_over_once(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!reports set web1 22:00\n!yes");
    assert_int_equal(world->edits->len, 1);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_wait(world, 2 * HOUR_MS);
    assert_int_equal(world->edits->len, 1);
    answer_edit(world, "reports_schedule.json: it is no object");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_int_equal(world->edits->len, 2);
    answer_edit(world, NULL);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    assert_int_equal(world->edits->len, 2);
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0);
}

/* A message that was written long ago is asked about once, not twice. */
static void a_delayed_one_is_asked_about_once(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("oskar@example.org/phone");
    event->chat.principal = g_strdup("oskar@example.org");
    event->chat.text = g_strdup("!reports set web1 22:00");
    event->chat.written_ms = world->now_ms - HOUR_MS;
    world_step(world, event);
    assert_int_equal(world->edits->len, 0);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "web1: 22:00, next 22:00 UTC");
}

static void names_of_the_file_are_explained(void **state)
{
    World *world = *state;

    world->reports = world_json("{\"agents\":{\"gone\":{\"report_time\":\"06:00\"},"
                                "\"web2\":{\"enabled\":true},\"_note\":{}},\"daily_report_time\":"
                                "\"22:30\",\"daily_report_enabled\":false}");
    world_configure(world);
    world_write(world, "vera", NULL, "!reports");
    assert_contains(world_last_said(world), "daily: off (22:30)\n"
                                            "gone: 06:00, next 2026-09-22 06:00 UTC; no agent of "
                                            "that name\nweb2: off");
    world_write(world, "oskar", NULL, "!reports set gone off\n!yes");
    assert_contains(world_last_said(world), "gone: off (06:00)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_reports_answers),
        WORLD_TEST(a_change_is_written_and_kept),
        WORLD_TEST(an_edit_is_handed_over_once),
        WORLD_TEST(a_delayed_one_is_asked_about_once),
        WORLD_TEST(names_of_the_file_are_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
