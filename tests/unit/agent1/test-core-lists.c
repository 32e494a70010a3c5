/* How lists read, and what a console hears beside its answer. */
#include "core-world.h"

#include "common/base/banned.h"

static void reload(World *world, const char *error)
{
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup(error);
    world_step(world, event);
}

/* With the next answer, once; a console hears it at once, too, but whether anybody reads there
 * nobody knows. */
static void a_bad_edit_is_told_to_an_admins_console(void **state)
{
    World *world = *state;

    reload(world, "blackout_hours.json: bad");
    world_type(world, "01J00000000000000000000001", "!audit x", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                    "x: expected !audit [row], as in !audit 120\nThe edited files are NOT in use "
                    "(since 14:13): blackout_hours.json: bad");
    world_type(world, "01J00000000000000000000002", "!audit x", false, false);
    assert_null(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "NOT in use"));
    reload(world, "blackout_hours.json: worse");
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                    "since the new one is wrong: blackout_hours.json: worse");
    world_wait(world, 1000);
    world_type(world, "01J00000000000000000000003", "!runs web1", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                    "\nThe edited files are NOT in use");
    world_write(world, "ana", NULL, "!runs web1");
    assert_null(strstr(world_last_said(world), "NOT in use"));
}

/* Every line of the lists stands on a terminal of 80 columns as it is. */
static void lists_are_narrow(void **state)
{
    static const char *const texts[] = { "!help", "!agents" };
    static const char long_words[] =
        "the machine in the cellar, which has more to say of itself than one line can hold at all";
    World *world = *state;
    Json *registry = world->registry;
    unsigned i;

    world_register_as(world, 1, "web1", JOURNAL_1, 1, "[{\"name\":\"shell\",\"risk\":\"low\"}]");
    world_register_as(world, 2, "web2", JOURNAL_2, 1,
                      "[{\"name\":\"a.skill_with_a_name_of_some_length\",\"risk\":\"low\"},"
                      "{\"name\":\"another.skill_with_a_name_of_some_length\",\"risk\":\"low\"},"
                      "{\"name\":\"disk\",\"risk\":\"low\"}]");
    json_set_string(json_member_mutable(json_member_mutable(registry, "agents"), "web1"),
                    "description", long_words);
    world_configure(world);
    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_auto(GStrv) lines = NULL;
        unsigned j;

        world_write(world, "ana", NULL, texts[i]);
        lines = g_strsplit(world_last_said(world), "\n", -1);
        for (j = 0; lines[j]; j++) {
            print_message("%s\n", lines[j]);
            assert_true(g_utf8_strlen(lines[j], -1) <= 80);
        }
    }
}

/* All, or those that are meant; one that only asks to join is found, too. */
static void agents_that_are_meant(void **state)
{
    static const struct {
        const char *text;
        const char *starts;  /* how the answer begins */
        const char *without; /* NULL: nothing is left out */
    } rows[] = {
        { "!agents", "web1: online", NULL },
        { "!agents web2", "web2: not seen yet", "web1" },
        { "!agents all", "web1: online", NULL },
        { "!agents web*", "web1: online", "new1" },
        { "!agents new1", "new1: asks to join; an admin types !accept new1 ", "web1" },
        { "!agents wbe1", "wbe1: no agent of that name; nearest: web1", "online" },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 7, "new1", JOURNAL_2, 1, "[]");
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, "vera", NULL, rows[i].text);
        if (!g_str_has_prefix(world_last_said(world), rows[i].starts))
            fail_msg("%s", world_last_said(world));
        if (rows[i].without)
            assert_null(strstr(world_last_said(world), rows[i].without));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_bad_edit_is_told_to_an_admins_console),
        WORLD_TEST(lists_are_narrow),
        WORLD_TEST(agents_that_are_meant),
    };

    return cmocka_run_group_tests_name("core-lists", tests, NULL, NULL);
}
