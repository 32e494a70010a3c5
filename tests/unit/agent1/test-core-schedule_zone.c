/* SCHEDULE: with a zone behind the time: shown in both, kept in the file, and after a crash; and
 * the options that it takes. */
#include "core-world.h"

#include "agent1/flow/state/core_state.h"

#include "common/base/banned.h"

/* What vera's console cannot: a line with the zone that the app found for it. */
static void write_with_zone(World *world, const char *user, const char *name, const char *text)
{
    Event *event = event_new(EVENT_CHAT);
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);

    assert_non_null(zone);
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup_printf("%s@example.org/phone", user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.text = g_strdup(text);
    event->zones = zones_new();
    zones_add(event->zones, name, zone);
    zones_add(event->zones, "america/new_york", zone);
    world_step(world, event);
}

/* The last edit of tasks_schedule.json, or "". */
static const char *last_edit(const World *world)
{
    guint count = world->edits->len;

    return count ? ((const Effect *)world->edits->pdata[count - 1])->edit.members : "";
}

/* Monday 2026-09-21, 14:13 UTC. */
static void both_times_are_shown_and_the_file_keeps_it(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_with_zone(world, "oskar", "America/New_York",
                    "SCHEDULE: tous les jours à 22h america/new_york | web1 | true");
    assert_contains(world_last_said(world),
                    "daily 22:00 · web1 · true; zone America/New_York (here: UTC):\n"
                    "1. Mon 2026-09-21 22:00 EDT = Tue 2026-09-22 02:00 UTC\n2. ");
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world),
                    ": daily 22:00 (America/New_York) · web1 · true · as oskar · next Mon "
                    "2026-09-21 22:00 EDT = Tue 2026-09-22 02:00 UTC");
    assert_contains(last_edit(world), "\"timezone\":\"America/New_York\"");
    assert_contains(last_edit(world), "\"cron\":\"daily 22:00\"");
    /* Not written yet, and agent1 dies: the world's app has the zone again. */
    zones_add(world->zones, "America/New_York",
              zones_find(world->zones, "UTC")); /* found again, whatever it shows */
    world_restart(world);
    world_write(world, "vera", NULL, "!tasks");
    assert_contains(world_last_said(world), ": daily 22:00 (America/New_York) · web1");
}

/* The file is not read anew for it; a core that takes over what this one knows has the zone. */
static void what_agent1_wrote_keeps_its_zone(void **state)
{
    World *world = *state;
    CoreFiles files = { .config = world->config,
                        .registry = world->registry,
                        .zones = world->zones,
                        .host_zone = "UTC",
                        .tasks_of = world->core };
    g_autoptr(Core) other = core_new();
    Event *written = event_new(EVENT_FILE_EDITED);
    const TaskEntry *entry;

    world_register(world, JOURNAL_1, 1);
    write_with_zone(world, "oskar", "America/New_York",
                    "SCHEDULE: daily 08:00 America/New_York | web1 | true");
    world_write(world, "oskar", NULL, "!yes");
    written->edited.id =
        g_strdup(((const Effect *)world->edits->pdata[world->edits->len - 1])->edit.id);
    world_step(world, written);
    assert_true(core_configure(other, &files, NULL, NULL));
    assert_int_equal(other->task_list->len, 1);
    entry = other->task_list->pdata[0];
    assert_string_equal(entry->timezone, "America/New_York");
    assert_non_null(entry->zone);
}

static void times_of_one_day_count_there(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    write_with_zone(world, "oskar", "America/New_York",
                    "SCHEDULE: at 10:30 America/New_York | web1 | true");
    assert_contains(world_last_said(world), "at 2026-09-21T10:30 · web1 · true; zone "
                                            "America/New_York (here: UTC):\n1. Mon 2026-09-21 "
                                            "10:30 EDT = 14:30 UTC\n");
    write_with_zone(world, "oskar", "UTC", "SCHEDULE: at 15:30 UTC | web1 | true");
    assert_contains(world_last_said(world), "; zone UTC:\n1. Mon 2026-09-21 15:30 UTC\n");
}

static void a_zone_that_is_none_is_refused(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "SCHEDULE: daily 08:00 Europe/Pariss | web1 | true");
    assert_string_equal(world_last_said(world),
                        "when: Europe/Pariss: there is no such time zone here; expected one such "
                        "as Europe/Paris, America/New_York or UTC behind the time, or none for "
                        "UTC");
    world_write(world, "oskar", NULL, "SCHEDULE: daily 08:00 CET | web1 | true");
    assert_contains(world_last_said(world), "when: character 13: found \"CET\", expected nothing "
                                            "more (a time zone is called as Europe/Paris is)");
}

/* What is taken back can be typed again as it was. */
static void taken_back_with_its_zone(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;
    g_autofree char *line = NULL;

    world_register(world, JOURNAL_1, 1);
    write_with_zone(world, "oskar", "America/New_York",
                    "SCHEDULE: daily 08:00 America/New_York | web1 | true");
    world_write(world, "oskar", NULL, "!yes");
    id = g_strndup(world_last_said(world), strcspn(world_last_said(world), ":"));
    line = g_strdup_printf("PLAN_CANCEL: %s", id);
    world_write(world, "oskar", NULL, line);
    assert_contains(world_last_said(world),
                    "To have it back:\nSCHEDULE: daily 08:00 America/New_York | web1 | true");
}

/* None is offered that would be refused. */
static void options_are_none_of_a_task(void **state)
{
    static const char *const targets[] = { "web1 --timeout 5m", "--now web1", "web1 --batch 2",
                                           "web1 --defer" };
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(targets); i++) {
        g_autofree char *line = g_strdup_printf("SCHEDULE: hourly | %s | true", targets[i]);

        world_write(world, "oskar", NULL, line);
        assert_string_equal(world_last_said(world),
                            "a schedule takes no options but --limit: its times say when, and what "
                            "falls into closed hours waits for them; a timeout, jitter and the "
                            "like are set in tasks_schedule.json");
    }
    world_write(world, "oskar", NULL, "SCHEDULE: hourly | web* --limit 1 | true");
    assert_contains(world_last_said(world), "hourly · web1 · true; zone UTC:");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(both_times_are_shown_and_the_file_keeps_it),
        WORLD_TEST(what_agent1_wrote_keeps_its_zone),
        WORLD_TEST(times_of_one_day_count_there),
        WORLD_TEST(a_zone_that_is_none_is_refused),
        WORLD_TEST(taken_back_with_its_zone),
        WORLD_TEST(options_are_none_of_a_task),
    };

    return cmocka_run_group_tests_name("core-schedule_zone", tests, NULL, NULL);
}
